import { transformSync } from 'esbuild';
import ts from 'typescript';
import { readText, root } from '../lib/files.js';
import { applyEdit, type Fault } from './fault.js';

/** Why a fault is not worth a run: the compiler refuses it, or makes the same program of it. */
export type Pointless = 'does not compile' | 'same program';

const minified = (text: string): string => transformSync(text, { loader: 'ts', minify: true }).code;

/** Looks at faults of TypeScript before any test is run. One language service sees every file; a fault is a version of one of them. */
export class TypeScriptFaults {
  private readonly service: ts.LanguageService;
  private changed: { readonly path: string; readonly text: string } | null = null;
  private version = 0;

  constructor() {
    const config = ts.getParsedCommandLineOfConfigFile(
      `${root}tsconfig.json`,
      {},
      {
        ...ts.sys,
        onUnRecoverableConfigFileDiagnostic: (d) => {
          throw new Error(`internal error: ${String(d.messageText)}`);
        },
      },
    ) as ts.ParsedCommandLine;
    const host: ts.LanguageServiceHost = {
      getCompilationSettings: () => config.options,
      getScriptFileNames: () => config.fileNames,
      getScriptVersion: (path) => (path === this.changed?.path ? `${this.version}` : '0'),
      getScriptSnapshot: (path) => {
        const text = path === this.changed?.path ? this.changed.text : ts.sys.readFile(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => root,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      fileExists: ts.sys.fileExists,
      readFile: ts.sys.readFile,
      readDirectory: ts.sys.readDirectory,
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories,
    };
    this.service = ts.createLanguageService(host);
  }

  /** Null for a fault that only tests can notice. */
  judge(fault: Fault): Pointless | null {
    const before = readText(fault.file);
    const text = applyEdit(before, fault);
    if (minified(text) === minified(before)) return 'same program';
    this.version++;
    this.changed = { path: root + fault.file, text };
    const { path } = this.changed;
    const problems = [...this.service.getSyntacticDiagnostics(path), ...this.service.getSemanticDiagnostics(path)];
    this.changed = null;
    return problems.some((d) => d.category === ts.DiagnosticCategory.Error) ? 'does not compile' : null;
  }
}
