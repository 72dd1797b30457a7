import { Anchor, Group, Modal, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { audit, documentOf, type TransactionRecord } from "../api/clients";
import { formatQuantity } from "../format/numbers";
import { texts } from "../texts/texts";
import { recordChange, recordType } from "../ui/records";
import { ErrorState, LoadingState } from "../ui/states";
import { Time } from "../ui/Time";
import { logAddress, recordAddress } from "./addresses";
import { ExactJson } from "./ExactJson";
import { SkuLinks } from "./SkuLinks";

interface Props {
  readonly onClose: () => void;
  /** The record as the service served it. */
  readonly line: string;
}

/** One record in full. */
export function RecordDialog({ line, onClose }: Props) {
  return (
    <RecordModal onClose={onClose}>
      <RecordInFull line={line} />
    </RecordModal>
  );
}

/** One record in full, by its id. */
export function RecordByIdDialog({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const record = useQuery({
    queryKey: ["record", id],
    queryFn: ({ signal }) =>
      documentOf(
        audit.GET("/transactions/{transaction_id}", {
          params: { path: { transaction_id: id } },
          parseAs: "text",
          signal,
        }),
      ),
  });
  return (
    <RecordModal onClose={onClose}>
      {record.isPending && <LoadingState />}
      {record.isError && <ErrorState error={record.error} onRetry={() => void record.refetch()} />}
      {record.data !== undefined && <RecordInFull line={record.data} />}
    </RecordModal>
  );
}

function RecordModal({ onClose, children }: { onClose: () => void; children: React.ReactNode }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={texts.audit.record.title}
      size="lg"
      closeButtonProps={{ "aria-label": texts.common.close }}
    >
      {children}
    </Modal>
  );
}

function RecordInFull({ line }: { readonly line: string }) {
  const words = texts.audit.record;
  const record = JSON.parse(line) as TransactionRecord;
  return (
    <>
      <Text fw={600}>{words.place(formatQuantity(record.sequence), record.sku)}</Text>
      <Text size="sm" mb="xs">
        {recordType(record.transaction_type)}: {recordChange(record)} ·{" "}
        <Time value={record.timestamp} exact />
      </Text>
      <Group gap="md" mb="sm">
        <SkuLinks sku={record.sku} at={record.timestamp} />
        {record.order_id && (
          <Anchor component={Link} to={logAddress({ subject: "order", id: record.order_id })} size="sm">
            {words.ofOrder(record.order_id)}
          </Anchor>
        )}
        <Anchor component={Link} to={recordAddress(record.transaction_id)} size="sm">
          {words.link}
        </Anchor>
      </Group>
      <ExactJson text={line} />
    </>
  );
}
