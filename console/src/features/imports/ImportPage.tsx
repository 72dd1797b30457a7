import { Alert, Button, Group, Progress, Stack, Text } from "@mantine/core";
import { formatTime } from "../../shared/format/times";
import { usePrincipal } from "../../shared/session/session";
import { useVendorId } from "../../shared/session/vendor";
import { texts } from "../../shared/texts/texts";
import { PageFrame } from "../../shared/ui/PageFrame";
import { Refusal } from "../../shared/ui/Refusal";
import { LoadingState } from "../../shared/ui/states";
import { ChooseFile } from "./ChooseFile";
import { Columns } from "./Columns";
import { ImportPreview } from "./ImportPreview";
import { ImportResult } from "./ImportResult";
import type { KeptImports } from "./journal";
import { useImport } from "./useImport";

const words = texts.imports;

/** `/import`: from a file to the services, by the rules of the command line. */
export function ImportPage() {
  const vendorId = useVendorId();
  return vendorId === null ? null : <FileImport key={vendorId} vendorId={vendorId} />;
}

function FileImport({ vendorId }: { vendorId: string }) {
  const { subject } = usePrincipal();
  const state = useImport(subject, vendorId);
  const { step, chosen, error, last } = state;
  return (
    <PageFrame title={words.title} lead={words.lead}>
      <Stack maw="64rem">
        {error !== null && <Refusal error={error} />}
        {step.name === "busy" && <LoadingState label={step.text} />}
        {step.name === "choose" && <ChooseFile onChoose={(file) => void state.open(file)} />}
        {step.name === "columns" && chosen !== null && (
          <Columns
            key={`${chosen.file.name} ${JSON.stringify(chosen.options)} ${chosen.kind}`}
            chosen={chosen}
            onOpen={(file, options) => void state.open(file, options)}
            onCompare={(kind, how) => void state.compare(kind, how)}
          />
        )}
        {step.name === "preview" && (
          <ImportPreview
            preview={step.preview}
            onApply={() => chosen && void state.apply(step.preview, chosen.file)}
            onBack={state.toColumns}
            rejectsFile={() => state.rejectsFile([])}
          />
        )}
        {step.name === "running" && (
          <Stack gap="sm">
            <Text role="status">
              {step.undoing
                ? words.running.undoing(step.done, step.total)
                : words.running.importing(step.done, step.total)}
            </Text>
            <Progress value={(100 * step.done) / Math.max(1, step.total)} aria-label={words.title} />
            <Group justify="space-between">
              <Text size="sm" c="dimmed">
                {words.running.keepOpen}
              </Text>
              <Button variant="default" onClick={state.stop}>
                {words.running.stop}
              </Button>
            </Group>
          </Stack>
        )}
        {step.name === "result" && (
          <ImportResult
            kept={step.kept}
            remaining={step.remaining}
            canGoOnWithFile={chosen !== null}
            state={state}
          />
        )}
        {step.name === "choose" && (
          <Alert color="gray" variant="outline">
            {words.file.order}
          </Alert>
        )}
        {step.name === "choose" && last !== null && (
          <LastImport kept={last} onShow={() => state.show(last)} />
        )}
      </Stack>
    </PageFrame>
  );
}

/** What was imported before, for who wants to see or undo it after all. */
function LastImport({ kept, onShow }: { kept: KeptImports; onShow: () => void }) {
  const { file, begunAt } = (kept.at(-1) ?? kept[0]).journal;
  return (
    <Group gap="sm">
      <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {words.result.last(file, formatTime(begunAt))}
      </Text>
      <Button size="compact-sm" variant="default" onClick={onShow}>
        {words.result.showLast}
      </Button>
    </Group>
  );
}
