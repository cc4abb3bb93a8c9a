echo '{"invocation_id":"1","runtime_name":"hello","runtime_kind":"subprocess","working_directory":".","command":["true"]}' \
  | xrt run --events - - | grep -o '"type":"[a-z]*"'
