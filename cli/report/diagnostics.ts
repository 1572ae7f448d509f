import type { VtaError } from '#isa/diag/diagnostic';
import { printDiagnostic } from '#isa/diag/print';

/** All diagnostics of an error in the human form. */
export const printError = (error: VtaError): string => `${error.diagnostics.map(printDiagnostic).join('\n\n')}\n`;

/** The form that JSON results carry. */
export const errorJson = (error: VtaError) => ({ code: error.code, message: error.diagnostics.map((d) => d.what).join('; ') });
