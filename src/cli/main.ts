/** The command line: arguments in, exit code out. */
process.stderr.write("doppel: the command line is being written\n");
process.exitCode = 2;
