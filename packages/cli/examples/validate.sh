printf '%s\n' '{"contract_kind":"runtime_result"' '{"runtime_kind":"subprocess","command":["ls"]}' > documents.ndjson
xrt validate --ndjson documents.ndjson
echo "ended with $?"
