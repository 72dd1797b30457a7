import { Anchor, Code, Group, Modal, Paper, Text, Title } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { formatQuantity } from "../../shared/format/numbers";
import { logAddress, recordAddress } from "../../shared/log/addresses";
import { Differences } from "../../shared/log/Differences";
import { ExactJson } from "../../shared/log/ExactJson";
import { SkuLinks } from "../../shared/log/SkuLinks";
import { texts } from "../../shared/texts/texts";
import { Time } from "../../shared/ui/Time";
import classes from "./FindingCard.module.css";
import { type Finding, orderOf } from "./finding";

const DIFFERENCES_SHOWN = 4;

/** One finding: what it means, what to do, what the service says, and where to look on. */
export function FindingCard({ finding }: { readonly finding: Finding }) {
  const words = texts.findings;
  const kind = Object.hasOwn(words.kinds, finding.kind) ? words.kinds[finding.kind] : undefined;
  const [isOpen, setOpen] = useState(false);
  const [showsAll, setShowsAll] = useState(false);
  const { differences } = finding;
  const shown = showsAll ? differences : differences.slice(0, DIFFERENCES_SHOWN);
  return (
    <Paper withBorder p="md" component="article" aria-labelledby={finding.id} className={classes.card}>
      <Group justify="space-between" align="baseline" gap="xs">
        <Title order={2} size="h5" id={finding.id}>
          {kind?.title ?? finding.kind}
        </Title>
        <Text size="sm" c="dimmed">
          <Time value={finding.occurredAt} exact />
        </Text>
      </Group>
      <Text size="sm" ff="monospace" className={classes.subject}>
        {[finding.sku ?? finding.productId, finding.vendorId].filter(Boolean).join(" · ")}
      </Text>
      {kind && (
        <Text size="sm" mt={4} maw="48rem">
          {kind.meaning}{" "}
          <Text span c="dimmed">
            {words.todo} {kind.todo}
          </Text>
        </Text>
      )}
      {shown.length > 0 && <Differences differences={shown} />}
      {shown.length < differences.length && (
        <Action onClick={() => setShowsAll(true)}>
          {words.showDifferences(formatQuantity(differences.length))}
        </Action>
      )}
      <Group gap="md" mt="xs" justify="space-between">
        <Group gap="md">
          <Links finding={finding} />
          <Action onClick={() => setOpen(true)}>{words.json}</Action>
        </Group>
        <Text size="xs" c="dimmed" className={classes.id}>
          <Code>{finding.kind}</Code> {finding.id}
        </Text>
      </Group>
      {isOpen && (
        <Modal
          opened
          onClose={() => setOpen(false)}
          title={kind?.title ?? finding.kind}
          size="lg"
          closeButtonProps={{ "aria-label": texts.common.close }}
        >
          <ExactJson text={finding.line} />
        </Modal>
      )}
    </Paper>
  );
}

/** Where to look on: the SKU, or what else the finding names. */
function Links({ finding }: { readonly finding: Finding }) {
  const words = texts.findings;
  const { sku, productId, transactionId, occurredAt } = finding;
  const order = orderOf(finding);
  return (
    <>
      {sku !== null && <SkuLinks sku={sku} at={occurredAt} />}
      {sku === null && productId !== null && (
        <Anchor component={Link} to={logAddress({ subject: "product", id: productId })} size="sm">
          {words.product}
        </Anchor>
      )}
      {transactionId !== null && (
        <Anchor component={Link} to={recordAddress(transactionId)} size="sm">
          {words.record}
        </Anchor>
      )}
      {order !== null && (
        <Anchor component={Link} to={logAddress({ subject: "order", id: order })} size="sm">
          {words.order(order)}
        </Anchor>
      )}
    </>
  );
}

function Action({ children, onClick }: { readonly children: ReactNode; readonly onClick: () => void }) {
  return (
    <Anchor component="button" type="button" size="sm" onClick={onClick}>
      {children}
    </Anchor>
  );
}
