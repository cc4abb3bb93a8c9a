#!/usr/bin/env node
// Compiling is a good part of the start-up; Node keeps compiled code below the system's temporary directory
// (NODE_DISABLE_COMPILE_CACHE=1 turns it off). Nothing is imported before, so that everything comes from there.
process.getBuiltinModule("node:module").enableCompileCache();

void import("./program.ts").then(({ main }) => main(process.argv.slice(2)));
