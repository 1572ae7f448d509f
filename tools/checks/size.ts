import ts from 'typescript';
import { filesUnder, isTest, readText } from '../lib/files.js';

/** Lines of a hand-written file, and of a function. */
export const FILE_LIMIT = 400;
export const FUNCTION_LIMIT = 60;

interface Exceptions {
  /** Path, or path and function name with a colon between: how many lines are allowed, and why. */
  readonly [place: string]: { readonly lines: number; readonly reason: string };
}

const SOURCES = /\.(ts|mjs|js|sv|svh|cc|cpp|h|hpp|py|sh)$/;
const handWritten = (file: string): boolean => SOURCES.test(file) && !/(^|\/)(generated|golden|fixtures)\//.test(file);

/** The functions of a source with their lengths in lines. */
export function functionLengths(file: string, text: string): readonly (readonly [name: string, line: number, lines: number])[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1;
  const out: (readonly [string, number, number])[] = [];
  const visit = (node: ts.Node, name: string): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const own = node.name?.getText(source) ?? (ts.isConstructorDeclaration(node) ? 'constructor' : name);
      const first = lineOf(node.getStart(source));
      out.push([own, first, lineOf(node.end) - first + 1]);
    }
    const below = (ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node)) && ts.isIdentifier(node.name) ? node.name.text : name;
    ts.forEachChild(node, (child) => visit(child, below));
  };
  visit(source, '(anonymous)');
  return out;
}

export function checkSizes(): readonly string[] {
  const exceptions = JSON.parse(readText('tools/checks/size-exceptions.json')) as Exceptions;
  const used = new Set<string>();
  const problems: string[] = [];
  const check = (place: string, where: string, lines: number, limit: number) => {
    const exception = exceptions[place];
    if (lines > limit && exception !== undefined) used.add(place);
    if (lines > Math.max(limit, exception?.lines ?? 0))
      problems.push(`${where} has ${lines} lines, the limit is ${exception?.lines ?? limit}`);
  };
  for (const file of filesUnder('.').filter(handWritten)) {
    const text = readText(file);
    const lines = text.split('\n').length - 1;
    check(file, file, lines, FILE_LIMIT);
    if (!file.endsWith('.ts') || isTest(file) || lines <= FUNCTION_LIMIT) continue;
    for (const [name, line, lines] of functionLengths(file, text))
      check(`${file}:${name}`, `${file}:${line} function ${name}`, lines, FUNCTION_LIMIT);
  }
  const unused = Object.keys(exceptions).filter((place) => !used.has(place));
  return [
    ...problems,
    ...unused.map((place) => `tools/checks/size-exceptions.json: ${place} is within the limit and needs no exception any more`),
  ];
}
