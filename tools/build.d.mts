import type { RolldownPluginOption } from 'rolldown';

/** The project's root folder. */
export const root: string;
export function isBuilt(): boolean;
/** The files of dist/, by name. */
export function bundled(plugins?: readonly RolldownPluginOption[]): Promise<Map<string, string>>;
export function build(): Promise<number>;
