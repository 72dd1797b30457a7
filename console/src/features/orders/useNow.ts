import { useEffect, useState } from "react";

const TICK_MILLISECONDS = 10_000;

/** The time now, kept fresh enough for "in 5 minutes". */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MILLISECONDS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
