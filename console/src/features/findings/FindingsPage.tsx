import { Button, Group, Stack, Text } from "@mantine/core";
import { type UseInfiniteQueryResult, useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { isProblem } from "../../shared/api/problems";
import { formatQuantity } from "../../shared/format/numbers";
import { formatClock } from "../../shared/format/times";
import { ExportButtons } from "../../shared/log/ExportButtons";
import { findingList } from "../../shared/log/lists";
import { texts } from "../../shared/texts/texts";
import { PageFrame } from "../../shared/ui/PageFrame";
import { Refusal } from "../../shared/ui/Refusal";
import { EmptyState, ErrorState, LoadingState } from "../../shared/ui/states";
import { FindingCard } from "./FindingCard";
import type { Finding } from "./finding";
import { findingsQuery, isRefreshed } from "./queries";

/** What changed stock or log without the services, newest first. */
export function FindingsPage() {
  const words = texts.findings;
  const query = useInfiniteQuery(findingsQuery);
  const findings = query.data?.pages.flatMap((page) => page.findings) ?? [];
  return (
    <PageFrame
      title={words.title}
      lead={words.lead}
      actions={findings.length > 0 && <ExportButtons read={findingList} name="findings" />}
    >
      {query.data === undefined ? <NoData query={query} /> : <List query={query} findings={findings} />}
    </PageFrame>
  );
}

function NoData({ query }: { readonly query: UseInfiniteQueryResult }) {
  const { notKept } = texts.findings;
  if (!query.isError) return <LoadingState />;
  if (isProblem(query.error, "archive_not_configured")) {
    return <EmptyState title={notKept.title} detail={notKept.detail} action={<VerifyButton />} />;
  }
  return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
}

interface ListProps {
  readonly query: UseInfiniteQueryResult<{ pages: unknown[] }>;
  readonly findings: readonly Finding[];
}

function List({ query, findings }: ListProps) {
  const words = texts.findings;
  const refreshes = isRefreshed(query.data?.pages.length ?? 0);
  return (
    <Stack gap="sm">
      {query.isError && <Refusal error={query.error} />}
      <Text size="xs" c="dimmed">
        <span role="status">{words.shown(formatQuantity(findings.length), query.hasNextPage)}</span>
        {", "}
        {refreshes ? words.refreshed(formatClock(query.dataUpdatedAt)) : words.notRefreshed}
      </Text>
      {findings.length === 0 && !query.hasNextPage && (
        <EmptyState title={words.empty.title} detail={words.empty.detail} action={<VerifyButton />} />
      )}
      {findings.map((finding) => (
        <FindingCard key={finding.id} finding={finding} />
      ))}
      {query.hasNextPage && (
        <Group justify="center">
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {words.more}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function VerifyButton() {
  return (
    <Button component={Link} to="/verify" variant="default">
      {texts.findings.empty.action}
    </Button>
  );
}
