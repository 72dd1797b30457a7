import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "react-router/dom";
import { useSession } from "../shared/session/session";
import { LoadingState } from "../shared/ui/states";
import { createRouter } from "./routes";
import { theme } from "./theme";

const queries = new QueryClient({
  defaultOptions: {
    // The transport repeats what may be repeated; lists refresh by their own rule, never on focus.
    queries: { retry: false, refetchOnWindowFocus: false, refetchOnReconnect: false, staleTime: 10_000 },
    mutations: { retry: false, networkMode: "always" },
  },
});

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" limit={4} />
        <Pages />
      </QueryClientProvider>
    </MantineProvider>
  );
}

let router: ReturnType<typeof createRouter> | null = null;

/** The pages, as soon as it is known who is signed in and where a sign-in returns to. */
function Pages() {
  const session = useSession();
  if (session.status === "starting") {
    return <LoadingState />;
  }
  router ??= createRouter();
  return <RouterProvider router={router} />;
}
