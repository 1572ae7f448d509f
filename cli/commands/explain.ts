import { fail, type Message, nearest } from '#isa/diag/diagnostic';
import type { Run } from '../context.js';
import { allMessages } from '../message-tables.js';
import { cliMessages as M } from '../messages.js';
import { jsonDocument } from '../report/json.js';

/** Places that are filled in when the message is printed, as `<name>`. */
const readable = (template: string): string => template.replace(/\{(\w+)\}/g, '<$1>');

const longForm = (m: Message): string => `${m.code}: ${readable(m.what)}\n\n  why: ${readable(m.why)}\n  do:  ${readable(m.do)}\n`;

/** `vta explain [CODE]` */
export const run: Run = async (context, [code], { json }) => {
  const all = await allMessages();
  if (code === undefined) {
    context.out(json === true ? jsonDocument({ schema: 1, messages: all }) : all.map((m) => `${m.code}  ${readable(m.what)}\n`).join(''));
    return 0;
  }
  const wanted = /^\d+$/.test(code) ? `VTA${code}` : code.toUpperCase();
  const message = all.find((m) => m.code === wanted);
  if (message === undefined) {
    const near = nearest(
      wanted,
      all.map((m) => m.code),
    );
    return fail(M.VTA6006, { name: code, hint: near === null ? '' : ` (did you mean ${near}?)` });
  }
  context.out(json === true ? jsonDocument({ schema: 1, ...message }) : longForm(message));
  return 0;
};
