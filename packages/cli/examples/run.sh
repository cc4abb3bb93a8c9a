cat > invocation.json <<'END'
{
  "invocation_id": "build-17",
  "runtime_name": "build",
  "runtime_kind": "subprocess",
  "working_directory": ".",
  "command": ["sh", "-c", "echo building; echo done > $XRT_ARTIFACT_DIR/log.txt"],
  "timeout_seconds": 600
}
END
xrt run invocation.json | grep -E '"(status|exit_code|path)"'
