import { Alert, Code, Paper, Progress, Stack, Text } from "@mantine/core";
import { formatQuantity } from "../../shared/format/numbers";
import { Differences } from "../../shared/log/Differences";
import { texts } from "../../shared/texts/texts";
import { AlertIcon, CheckIcon } from "../../shared/ui/icons";
import { LoadingState } from "../../shared/ui/states";
import type { Outcome } from "./messages";
import { placeOf } from "./place";
import type { Verification } from "./useVerification";
import { isBroken } from "./verifyLog";

const words = texts.verify;

interface SummaryProps {
  readonly verification: Verification;
  /** The file that the keys are from; null if the service served them. */
  readonly keysFile: string | null;
}

/** How far the verification is, then what it has found. */
export function Summary({ verification, keysFile }: SummaryProps) {
  const { state, lines, done, outcome } = verification;
  if (state === "reading") {
    const count = formatQuantity(lines.length);
    return <LoadingState label={lines.length === 0 ? undefined : words.reading(count)} />;
  }
  if (outcome === null) {
    return (
      <Paper withBorder p="md">
        <Text size="sm" mb="xs" role="status">
          {words.checking(formatQuantity(done), formatQuantity(lines.length))}
        </Text>
        <Progress value={lines.length === 0 ? 0 : (100 * done) / lines.length} aria-label={words.progress} />
      </Paper>
    );
  }
  return <Found verification={verification} outcome={outcome} keysFile={keysFile} />;
}

interface FoundProps extends SummaryProps {
  readonly outcome: Outcome;
}

function Found({ verification, outcome, keysFile }: FoundProps) {
  return (
    <Stack gap="sm">
      <Verdict verification={verification} outcome={outcome} />
      {!outcome.signatures.checked &&
        (outcome.signatures.reason === "unsupported" ? (
          <Alert color="orange" title={words.unsupported.title} icon={<AlertIcon />} role="alert">
            {words.unsupported.detail}
          </Alert>
        ) : (
          <Alert color="orange" title={words.noKeys} icon={<AlertIcon />} role="alert">
            {outcome.signatures.message}
          </Alert>
        ))}
      <Head verification={verification} outcome={outcome} keysFile={keysFile} />
    </Stack>
  );
}

function Verdict({ verification: { rows, lines }, outcome }: Omit<FoundProps, "keysFile">) {
  const faults = rows.filter(isBroken);
  const count = formatQuantity(lines.length);
  const [first] = faults;
  if (first !== undefined) {
    return (
      <Alert
        color="red"
        title={words.broken.title(formatQuantity(faults.length), count)}
        icon={<AlertIcon />}
        role="alert"
      >
        {words.broken.detail(placeOf(first))}
      </Alert>
    );
  }
  if (lines.length === 0) {
    return (
      <Alert color="gray" title={words.noRecords.title} role="status">
        {words.noRecords.detail}
      </Alert>
    );
  }
  const { signatures } = outcome;
  return (
    <Alert color="teal" title={words.whole.title(count)} icon={<CheckIcon />} role="status">
      {signatures.checked ? words.whole.signed(String(signatures.keys.length)) : words.whole.unsigned}
    </Alert>
  );
}

/** Whether the end of the log is there, and the keys, which the page cannot check by itself. */
function Head({ verification: { head, live }, outcome, keysFile }: FoundProps) {
  const { signatures, hasHead, lastHash } = outcome;
  return (
    <>
      {!hasHead && (
        <Alert color="red" icon={<AlertIcon />} role="alert">
          {head === null ? words.head.noSku : words.head.wrong(head)}
        </Alert>
      )}
      {live.length > 0 && (
        <Alert color="red" title={words.live.title} icon={<AlertIcon />} role="alert">
          {words.live.detail}
          <Differences differences={live} />
        </Alert>
      )}
      <Text size="xs" c="dimmed" component="div" style={{ overflowWrap: "anywhere" }}>
        {lastHash !== null && (
          <div>
            {words.headHash}: <Code>{lastHash}</Code> {hasHead && words.head.continued}
          </div>
        )}
        {signatures.checked && <div>{words.keys(signatures.keys.join(", "), keysFile)}</div>}
      </Text>
    </>
  );
}
