import { Argument, Command } from 'commander';
import type { Terminal } from './terminal/terminal.js';

/** What a shell runs to complete a line. Each asks the command for the words that may follow. */
const scripts = {
  bash: `_ankasecure() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(ankasecure completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _ankasecure ankasecure
`,
  zsh: `#compdef ankasecure
_ankasecure() {
  local -a found
  found=(\${(f)"$(ankasecure completion words -- "\${(@)words[2,CURRENT-1]}" 2>/dev/null)"})
  compadd -a found || _files
}
compdef _ankasecure ankasecure
`,
  fish: `complete -c ankasecure -a '(ankasecure completion words -- (commandline -opc)[2..] 2>/dev/null)'
`,
} as const;

const shells = Object.keys(scripts) as (keyof typeof scripts)[];

/** The words that may follow: commands, and options that are not given yet. */
const wordsAfter = (program: Command, before: readonly string[]): readonly string[] => {
  let command = program;
  for (const word of before) command = command.commands.find((each) => each.name() === word) ?? command;
  const own = [...command.options, ...(command === program ? [] : program.options)];
  const options = own.flatMap(({ long }) => (long === undefined || before.includes(long) ? [] : [long]));
  return [...command.commands.map((each) => each.name()), ...options];
};

/** @param program whose lines are completed */
export const completionCommand = (program: Command, terminal: Terminal): Command => {
  const summary = 'Print what makes a shell complete ankasecure';
  const command = new Command('completion').summary(summary).description(`${summary}.`);
  command.addArgument(new Argument('<shell>', 'the shell, or words').choices([...shells, 'words']));
  command.argument('[before...]', 'the words before the one to complete');
  command.addHelpText('after', '\nExample:\n  source <(ankasecure completion bash)');
  command.passThroughOptions(false).action((shell: keyof typeof scripts | 'words', before: string[]) => {
    const text = shell === 'words' ? `${wordsAfter(program, before).join('\n')}\n` : scripts[shell];
    terminal.stdout.write(text);
  });
  return command;
};
