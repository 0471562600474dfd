import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Printed after each block, followed by its exit code. */
const END = "end of the block:";

/** Starts a shell session: variables that one block sets are available in the next. */
export function startShell(cwd: string) {
  const shell = spawn("bash", [], { cwd, stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();

  return {
    /**
     * Runs a block, and returns the lines that it prints to standard output.
     *
     * @throws Error if the exit code of its last command is not 0
     */
    async run(block: string): Promise<string[]> {
      shell.stdin.write(`{\n${block}\n} </dev/null\necho $'\\n'"${END} $?"\n`);
      const printed: string[] = [];
      for (;;) {
        const { value: line, done } = await lines.next();
        if (done) throw new Error(`The shell ended in:\n${block}`);
        if (line === `${END} 0`) return printed;
        printed.push(line);
        if (line.startsWith(END)) throw new Error(`${block}\n${printed.join("\n")}`);
      }
    },
    async [Symbol.asyncDispose]() {
      shell.stdin.end();
      if (shell.exitCode === null) await once(shell, "exit");
    },
  };
}
