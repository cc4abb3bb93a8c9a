xrt exec --dir runs --id nightly sh -c 'echo begun; sleep 1' > /dev/null &
until grep -q begun runs/nightly/stdout.txt 2> /dev/null; do sleep 0.1; done
kill -KILL $!
wait $! 2> /dev/null || true

xrt recover runs
xrt recover runs
