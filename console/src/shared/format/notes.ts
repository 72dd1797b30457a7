const NOTES_MAX_BYTES = 300;

/** Whether notes fit into a log record: at most 300 bytes of UTF-8, or fewer where the API says so. */
export function areNotes(notes: string, maximumBytes = NOTES_MAX_BYTES): boolean {
  return new TextEncoder().encode(notes.trim()).length <= maximumBytes;
}
