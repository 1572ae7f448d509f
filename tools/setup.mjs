// Gets the system tools that the RTL tests use (Verilator and a C++ compiler), where that is possible without asking anything:
// through apt-get as root or with password-less sudo, or through Homebrew. Otherwise says in one line how to get them.
// What will be run is printed before, with the variable that forbids it. It never fails and never prompts: without these tools everything but the RTL machine works, and its tests are skipped by name.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const tools = JSON.parse(readFileSync(new URL('./versions.json', import.meta.url), 'utf8')).system;

const run = (command, args, timeout) => spawnSync(command, args, { stdio: ['ignore', 'ignore', 'ignore'], timeout });
const works = (command, args) => run(command, args, 20_000).status === 0;

/** How to run a package manager without a prompt: its command line up to the package names, or null. */
function packageManager() {
  if (process.platform === 'darwin')
    return works('brew', ['--version']) ? { name: 'brew', prefix: [], command: ['brew', 'install'] } : null;
  if (process.platform !== 'linux' || !works('apt-get', ['--version'])) return null;
  if (process.getuid?.() === 0) return { name: 'apt', prefix: [], command: ['apt-get', 'install', '-y', '--no-install-recommends'] };
  if (!works('sudo', ['-n', 'true'])) return null;
  return { name: 'apt', prefix: ['sudo', '-n'], command: ['apt-get', 'install', '-y', '--no-install-recommends'] };
}

function runAll(manager, command, timeout) {
  const [head, ...rest] = [...manager.prefix, ...command];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', HOMEBREW_NO_AUTO_UPDATE: '1' };
  return spawnSync(head, rest, { stdio: 'ignore', timeout, env }).status === 0;
}

const commandLine = (manager, command) => [...manager.prefix, ...command].join(' ');

/** What is going to happen to this machine, before it does. */
function announce(names, manager, install) {
  console.error(`${names} not found: the RTL needs ${names.includes(' and ') ? 'them' : 'it'}, everything else works without.`);
  console.error(`Installing now, with the package manager of this machine: ${commandLine(manager, install)}`);
  console.error('To forbid that, set VTA_NO_SYSTEM_INSTALL=1 (and stop this with Ctrl-C).');
}

/** Installs what is missing and can be installed. */
export function installSystemTools() {
  const missing = tools.filter((tool) => tool.install && !works(tool.command, tool.args));
  if (missing.length === 0) return;
  const names = missing.map((tool) => tool.name).join(' and ');
  const manager = process.env.VTA_NO_SYSTEM_INSTALL ? null : packageManager();
  if (manager !== null) {
    const packages = missing.map((tool) => tool.packages[manager.name]).filter((name) => name !== undefined);
    const install = [...manager.command, ...packages];
    announce(names, manager, install);
    if (!runAll(manager, install, 600_000) && manager.name === 'apt') {
      console.error(`That failed. Again, with new lists of packages: ${commandLine(manager, ['apt-get', 'update'])}`);
      runAll(manager, ['apt-get', 'update'], 120_000);
      runAll(manager, install, 600_000);
    }
  }
  const still = missing.filter((tool) => !works(tool.command, tool.args));
  if (still.length > 0) {
    const how = still.map((tool) => `${tool.name}: ${tool.get}`).join('; ');
    console.error(`without ${names} the RTL is left out (everything else works). To get it: ${how}`);
  }
}
