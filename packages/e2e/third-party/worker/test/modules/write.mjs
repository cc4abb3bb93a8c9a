process.stdout.write(Buffer.from("one\xfftwo", "latin1"));
process.stderr.write("three");
