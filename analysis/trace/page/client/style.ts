/** Colours of the states, distinguishable without red and green (Okabe and Ito): busy, token, memory, hazard, queue, idle. */
export const STATE_COLORS = ['#0072b2', '#e69f00', '#cc79a7', '#d55e00', '#a9b0b7', '#f1f3f5'];
export const LAYER_COLORS = ['#dfe7ef', '#c9d6e3'];
export const INK = '#1f2933';
export const FAINT = '#7b8794';
export const GRID = '#e4e7eb';
export const MARK = '#111111';
export const COUNTER_COLORS = ['#5b8db8', '#8a6fb0', '#4d9078'];
export const FONT = '12px system-ui, sans-serif';
export const SMALL = '11px system-ui, sans-serif';

/** 12345 as 12,345. */
export const number = (n: number): string => Math.round(n).toLocaleString('en-US');
