import type { VtaError } from '#isa/diag/diagnostic';
import { printDiagnostic } from '#isa/diag/print';

/** All diagnostics of an error in the human form. */
export const printError = (error: VtaError): string => `${error.diagnostics.map(printDiagnostic).join('\n\n')}\n`;
