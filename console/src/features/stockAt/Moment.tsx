import { Button, Group, Paper, Slider, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { fieldOfMoment, momentOfField, zoneName } from "../../shared/format/localTime";
import { formatMoment } from "../../shared/format/times";
import { texts } from "../../shared/texts/texts";
import { Time } from "../../shared/ui/Time";
import { showError } from "../../shared/ui/toasts";
import { millisecondsOf, momentOf, type Span } from "./moments";
import { type StockAt, timeOfNext, timeOfPrevious } from "./queries";
import { StockLine } from "./StockLine";

const words = texts.stockAt;
/** How long the slider has to rest before its moment is asked for. */
const REST_MILLISECONDS = 120;

interface Props {
  readonly sku: string;
  /** The moment that is shown. */
  readonly moment: string;
  readonly span: Span;
  readonly stock: StockAt;
  /** While the slider moves. */
  readonly onMove: (moment: string) => void;
  /** A moment that was chosen; null for now. */
  readonly onShow: (moment: string | null) => void;
}

/** The moment, by a slider, by a field, or record by record. */
export function Moment({ sku, moment, span, stock, onMove, onShow }: Props) {
  const { first, last, step } = span;
  const at = Math.min(Math.max(millisecondsOf(moment), first), last);
  const [value, setValue] = useState(at);
  useEffect(() => setValue(at), [at]);
  const move = useDebouncedCallback((to: number) => onMove(momentOf(to)), REST_MILLISECONDS);
  return (
    <Paper withBorder p="md">
      <Stack gap="md">
        <div>
          <Text size="xs" c="dimmed" mb={4}>
            {words.onHand}
          </Text>
          <StockLine sku={sku} span={span} />
          <Slider
            thumbLabel={words.slider}
            thumbValueText={(to) => formatMoment(momentOf(to))}
            label={(to) => formatMoment(momentOf(to))}
            min={first}
            max={last}
            step={step}
            value={value}
            onChange={(to) => {
              setValue(to);
              move(to);
            }}
            onChangeEnd={(to) => {
              move.cancel();
              onShow(momentOf(to));
            }}
          />
          <Group justify="space-between" mt={4}>
            <Text size="xs" c="dimmed">
              <Time value={momentOf(first)} exact />
            </Text>
            <Text size="xs" c="dimmed">
              <Time value={momentOf(last)} exact />
            </Text>
          </Group>
        </div>
        <Group gap="sm" align="flex-end">
          <ExactField moment={moment} onShow={onShow} />
          <Neighbours sku={sku} stock={stock} onShow={onShow} />
          <Button variant="default" onClick={() => onShow(null)}>
            {words.now}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

/** The moment as a field, to the millisecond. */
function ExactField({ moment, onShow }: Pick<Props, "moment" | "onShow">) {
  const [typed, setTyped] = useState(fieldOfMoment(moment));
  useEffect(() => {
    // Not while the same moment is typed in another way, such as with or without its milliseconds.
    setTyped((current) =>
      momentOfField(current) === momentOf(millisecondsOf(moment)) ? current : fieldOfMoment(moment),
    );
  }, [moment]);
  const type = (text: string) => {
    setTyped(text);
    const exact = momentOfField(text);
    if (exact !== null) onShow(exact);
  };
  return (
    <TextInput
      type="datetime-local"
      step={0.001}
      label={words.exact}
      description={words.zone(zoneName())}
      value={typed}
      onChange={(event) => type(event.currentTarget.value)}
      style={{ flex: "0 1 18rem" }}
    />
  );
}

/** From record to record. */
function Neighbours({ sku, stock, onShow }: Pick<Props, "sku" | "stock" | "onShow">) {
  const [busy, setBusy] = useState<"previous" | "next" | null>(null);
  const [end, setEnd] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another moment is no end.
  useEffect(() => setEnd(null), [stock.time]);
  const { transaction } = stock;
  const go = async (where: "previous" | "next") => {
    setBusy(where);
    setEnd(null);
    try {
      const time =
        where === "next"
          ? await timeOfNext(sku, stock.time)
          : transaction && (await timeOfPrevious(sku, transaction));
      if (time === null) setEnd(where === "next" ? words.noNext : words.noPrevious);
      else onShow(time);
    } catch (error) {
      showError(error);
    } finally {
      setBusy(null);
    }
  };
  return (
    <>
      <Button
        variant="default"
        loading={busy === "previous"}
        disabled={transaction === null}
        onClick={() => void go("previous")}
      >
        {words.previous}
      </Button>
      <Button variant="default" loading={busy === "next"} onClick={() => void go("next")}>
        {words.next}
      </Button>
      <Text size="xs" c="dimmed" role="status">
        {end}
      </Text>
    </>
  );
}
