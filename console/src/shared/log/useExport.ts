import { useCallback, useEffect, useRef, useState } from "react";
import { download } from "../format/csv";
import { showError } from "../ui/toasts";
import { FORMATS, type Format, wholeList } from "./exports";
import type { ListReader } from "./lists";

/** An export that runs. */
export interface RunningExport {
  readonly format: Format;
  readonly bytes: number;
}

/** Exports of a list; one at a time, which ends when the page is left. */
export function useExport(read: ListReader, name: string) {
  const [running, setRunning] = useState<RunningExport | null>(null);
  const abort = useRef<AbortController | null>(null);
  const cancel = useCallback(() => abort.current?.abort(), []);
  useEffect(() => cancel, [cancel]);
  const start = async (format: Format) => {
    const controller = new AbortController();
    abort.current = controller;
    setRunning({ format, bytes: 0 });
    try {
      const parts = await wholeList(read, format, controller.signal, (bytes) =>
        setRunning({ format, bytes }),
      );
      const { accept, extension } = FORMATS[format];
      download(`${name}.${extension}`, parts, accept);
    } catch (error) {
      if (!controller.signal.aborted) showError(error);
    } finally {
      setRunning(null);
    }
  };
  return { running, start, cancel };
}
