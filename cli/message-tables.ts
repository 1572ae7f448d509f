import type { Message } from '#isa/diag/diagnostic';

/** Every message table of the package. A new package adds its table here; tests prove that no code is missing. */
const TABLES: readonly (() => Promise<Readonly<Record<string, Message>>>)[] = [
  async () => (await import('#isa/messages')).isaMessages,
  async () => (await import('#isa/arch/memory')).memoryMessages,
  async () => (await import('#compiler/messages')).compilerMessages,
  async () => (await import('#compiler/passes/messages')).passMessages,
  async () => (await import('#compiler/pipeline/messages')).pipelineMessages,
  async () => (await import('#compiler/tir/messages')).tirMessages,
  async () => (await import('#compiler/schedule/messages')).scheduleMessages,
  async () => (await import('#compiler/lower/messages')).lowerMessages,
  async () => (await import('#compiler/kernel/messages')).kernelMessages,
  async () => (await import('#runtime/messages')).runtimeMessages,
  async () => (await import('#simulator/messages')).simulatorMessages,
  async () => (await import('#analysis/litmus/messages')).litmusMessages,
  async () => (await import('#analysis/debug/messages')).debugMessages,
  async () => (await import('#hardware-rtl/messages')).rtlMessages,
  async () => (await import('./messages.js')).cliMessages,
];

/** All messages in the order of their codes. */
export async function allMessages(): Promise<readonly Message[]> {
  const tables = await Promise.all(TABLES.map((load) => load()));
  return tables.flatMap((t) => Object.values(t)).sort((a, b) => (a.code < b.code ? -1 : 1));
}
