/** Error codes of the operating system and of Node, in words. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBADF: 'it is closed',
  EDQUOT: 'the quota is used up',
  EEXIST: 'something else has that name',
  EFBIG: 'it is too large',
  EINVAL: 'that is not the name of a file',
  EIO: 'the device failed',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links go in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENODEV: 'there is no such device',
  ENOENT: 'no such file or folder',
  ENOSPC: 'no space is left on the disk',
  ENOTDIR: 'a part of the path is not a folder',
  ENXIO: 'nobody takes what is written there',
  EPERM: 'not permitted',
  EPIPE: 'its reader has left',
  EROFS: 'the file system is read-only',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
  ETXTBSY: 'it is a program that is running',
};

/** A file-system error in words. */
export function reasonOf(error: unknown): string {
  const code = (error as { readonly code?: string }).code ?? '';
  return REASONS[code] ?? (code !== '' ? code : String(error));
}
