import { Alert, Anchor, Button, Group, Paper, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { readable } from "../shared/api/problems";
import { SignInRefused } from "../shared/session/development";
import { type Role, UnknownRole } from "../shared/session/principal";
import { signInForDevelopment, signInHosted, useSession } from "../shared/session/session";
import { texts } from "../shared/texts/texts";
import { PageFrame } from "../shared/ui/PageFrame";
import { DemoShop } from "./DemoShop";
import classes from "./SignInPage.module.css";

const VENDOR_PATTERN = /^VENDOR-[A-Z0-9]{1,32}$/;
const OTHER_ROLES: readonly Role[] = ["desk", "auditor", "admin"];

/** Signing in, at whatever address needs it; the address stays. */
export function SignInPage() {
  const session = useSession();
  if (session.status !== "signed-out") {
    return null;
  }
  return (
    <div className={classes.narrow}>
      <PageFrame title={texts.signIn.title}>
        {session.error !== null && <Refusal error={session.error} />}
        {session.config.sign_in === "development" ? <DevelopmentSignIn /> : <HostedSignIn />}
        {session.config.demo && <DemoShop />}
        <Anchor component={Link} to="/shelf" size="sm">
          {texts.signIn.shelf}
        </Anchor>
      </PageFrame>
    </div>
  );
}

function DevelopmentSignIn() {
  const words = texts.signIn.development;
  const [vendor, setVendor] = useState("VENDOR-001");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState<Role | null>(null);
  const wanted = vendor.trim().toUpperCase();
  const invalid = !VENDOR_PATTERN.test(wanted);
  const enter = (role: Role) => {
    setBusy(role);
    setError(null);
    signInForDevelopment({ role, vendor: role === "vendor" ? wanted : null })
      .catch(setError)
      .finally(() => setBusy(null));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!invalid) {
      enter("vendor");
    }
  };
  return (
    <Paper withBorder p="md">
      <Stack gap="md">
        <Text size="sm">{words.lead}</Text>
        {error !== null && <Refusal error={error} />}
        <form onSubmit={submit}>
          <Stack gap="xs">
            <TextInput
              label={words.vendorField}
              description={words.vendorHint}
              value={vendor}
              onChange={(event) => setVendor(event.currentTarget.value)}
              error={vendor !== "" && invalid ? words.vendorInvalid : undefined}
              autoComplete="off"
              spellCheck={false}
              autoFocus
            />
            <Button type="submit" disabled={invalid} loading={busy === "vendor"} fullWidth>
              {texts.shell.roles.vendor}
            </Button>
            <Text size="xs" c="dimmed">
              {words.tasks.vendor}
            </Text>
          </Stack>
        </form>
        <div>
          <Text size="sm" fw={500} mb={6}>
            {words.otherRoles}
          </Text>
          <Stack gap={6}>
            {OTHER_ROLES.map((role) => (
              <Group key={role} gap="sm" wrap="nowrap">
                <Button
                  variant="default"
                  w={144}
                  flex="none"
                  loading={busy === role}
                  onClick={() => enter(role)}
                >
                  {texts.shell.roles[role]}
                </Button>
                <Text size="sm" c="dimmed">
                  {words.tasks[role as "desk" | "auditor" | "admin"]}
                </Text>
              </Group>
            ))}
          </Stack>
        </div>
      </Stack>
    </Paper>
  );
}

function HostedSignIn() {
  const words = texts.signIn.hosted;
  const [error, setError] = useState<unknown>(null);
  return (
    <Paper withBorder p="md">
      <Stack gap="md">
        <Text size="sm">{words.lead}</Text>
        {error !== null && <Refusal error={error} />}
        <Button onClick={() => signInHosted().catch(setError)} autoFocus>
          {words.button}
        </Button>
      </Stack>
    </Paper>
  );
}

function Refusal({ error }: { error: unknown }) {
  if (error instanceof UnknownRole) {
    return <Alert color="red" title={texts.signIn.hosted.unknownRole(error.message)} role="alert" />;
  }
  const { title, detail } = readable(error);
  return (
    <Alert color="red" role="alert" title={error instanceof SignInRefused ? undefined : title}>
      {detail}
    </Alert>
  );
}
