import { Text } from "@mantine/core";
import { texts } from "../../shared/texts/texts";
import { Time } from "../../shared/ui/Time";
import { remainingOf } from "./holds";
import classes from "./Orders.module.css";

interface Props {
  readonly at: string | null;
  readonly now: number;
}

/** When a hold ends, and how far away that is. */
export function HoldEnd({ at, now }: Props) {
  if (at === null) return texts.common.none;
  const { isOver, text } = remainingOf(at, now);
  return (
    <>
      <span className={isOver ? classes.over : undefined}>{text}</span>{" "}
      <Text component="span" size="xs" c="dimmed" className={classes.time}>
        <Time value={at} />
      </Text>
    </>
  );
}
