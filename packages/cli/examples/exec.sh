seq 1 5 | xrt exec sort -r | head -2

xrt exec --timeout 0.5s -q --dir runs sh -c 'echo begun; sleep 60 & wait'
echo "ended with $?"
