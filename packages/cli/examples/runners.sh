mkdir acme-xrt-runner-hello
cat > acme-xrt-runner-hello/package.json <<'END'
{
  "name": "acme-xrt-runner-hello",
  "version": "1.0.0",
  "type": "module",
  "exports": "./index.js",
  "xrt": { "interfaceVersion": "1.0", "kinds": ["acme.hello"] }
}
END
cat > acme-xrt-runner-hello/index.js <<'END'
const runner = {
  interfaceVersion: "1.0",
  async run(invocation, context) {
    await context.stdout.write(`hello ${invocation.command.join(" ")}\n`);
    return { status: "succeeded", exit_code: 0 };
  },
};
export default { kinds: ["acme.hello"], create: () => ({ "acme.hello": runner }) };
END

xrt runners --runner ./acme-xrt-runner-hello
echo '{"schema_version":"0.2","invocation_id":"1","runtime_name":"hello","runtime_kind":"acme.hello","working_directory":".","command":["you"]}' \
  | xrt run --runner ./acme-xrt-runner-hello - | grep '"status"'
cat .xrt/1/stdout.txt

echo '{ "runners": [{ "package": "./acme-xrt-runner-hello", "options": { "loud": true } }] }' > runners.json
xrt runners --config runners.json
