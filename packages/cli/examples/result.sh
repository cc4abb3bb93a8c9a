xrt exec --dir runs --id nightly --result result.json -e MODE=fast sh -c 'echo "mode: $MODE"; exit 4'
echo "ended with $?, its result is: $(xrt validate result.json)"
ls runs/nightly
