const PLAIN = /^[\w./:@%+,=-]+$/;

/** A word of a command line that people can copy: in quotes where it has blanks or signs of the shell. */
export const shellWord = (text: string): string => (PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
