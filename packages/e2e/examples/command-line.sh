echo '{"runtime_kind":"subprocess","command":["echo","hi"],"invocation_id":"demo","runtime_name":"echo","working_directory":"."}' \
  | xrt run - | grep -E '"(status|exit_code|stdout_path)"'
xrt exec --timeout 1 -q --dir records sleep 60 || echo "xrt exec ended with $?"
