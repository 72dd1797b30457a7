import { Alert, Button, Group, Paper, Progress, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { readable } from "../shared/api/problems";
import { signInForDevelopment } from "../shared/session/session";
import { texts } from "../shared/texts/texts";

/** How far the loader of the demo shop is; the local front says it. */
export interface DemoState {
  readonly state: "idle" | "loading" | "loaded" | "failed";
  readonly done: number;
  readonly total: number;
  readonly step: string;
  readonly message: string | null;
}

const POLL_MILLISECONDS = 1_000;
const FIRST_VENDOR = "VENDOR-DEMO001";

/** The offer to load the demo shop, and its progress. */
export function DemoShop() {
  const words = texts.signIn.demo;
  const queries = useQueryClient();
  const demo = useQuery({
    queryKey: ["demo"],
    queryFn: () => demoState("GET"),
    refetchInterval: (query) => (query.state.data?.state === "loading" ? POLL_MILLISECONDS : false),
    staleTime: 0,
  });
  const load = useMutation({
    mutationFn: () => demoState("POST"),
    onSuccess: (state) => queries.setQueryData(["demo"], state),
  });
  const state = demo.data;
  if (state === undefined || state === null) {
    return null;
  }
  const failure = load.error !== null ? readable(load.error).detail : state.message;
  const share = state.total > 0 ? Math.min(100, (100 * state.done) / state.total) : 0;
  return (
    <Paper withBorder p="md">
      <Stack gap="xs">
        <Title order={2} size="h5">
          {words.title}
        </Title>
        {state.state === "loaded" ? (
          <>
            <Text size="sm" role="status">
              {words.loaded(FIRST_VENDOR)}
            </Text>
            <Group>
              <Button
                variant="default"
                onClick={() => void signInForDevelopment({ role: "vendor", vendor: FIRST_VENDOR })}
              >
                {words.enter(FIRST_VENDOR)}
              </Button>
            </Group>
          </>
        ) : state.state === "loading" ? (
          <>
            <Group justify="space-between">
              <Text size="sm" role="status">
                {words.loading(state.step)}
              </Text>
              {state.total > 0 && (
                <Text size="sm" c="dimmed">
                  {words.progress(state.done, state.total)}
                </Text>
              )}
            </Group>
            <Progress value={share} aria-label={words.title} />
          </>
        ) : (
          <>
            {(state.state === "failed" || load.isError) && (
              <Alert color="red" role="alert" title={words.failed}>
                {failure}
              </Alert>
            )}
            <Text size="sm" c="dimmed">
              {words.offer}
            </Text>
            <Group>
              <Button variant="default" loading={load.isPending} onClick={() => load.mutate()}>
                {words.load}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </Paper>
  );
}

/** @returns null where no demo shop can be loaded. */
async function demoState(method: "GET" | "POST"): Promise<DemoState | null> {
  const response = await fetch("/demo", { method, cache: "no-store" });
  if (response.status === 404) {
    return null;
  }
  if (response.status === 409) {
    return await demoState("GET");
  }
  if (!response.ok) {
    throw new Error((await response.text()).trim() || texts.problems.http(response.status));
  }
  return (await response.json()) as DemoState;
}
