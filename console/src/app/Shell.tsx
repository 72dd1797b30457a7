import {
  ActionIcon,
  AppShell,
  Burger,
  Button,
  Group,
  Menu,
  NavLink,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Suspense, useEffect } from "react";
import { Link, Outlet, useLocation, useNavigation, useSearchParams } from "react-router";
import type { Principal, Role } from "../shared/session/principal";
import { signOut, useSession } from "../shared/session/session";
import { texts } from "../shared/texts/texts";
import { MoonIcon, PersonIcon, SunIcon } from "../shared/ui/icons";
import { ErrorState, LoadingState } from "../shared/ui/states";
import { NoPermissionPage } from "./NoPermissionPage";
import { NAVIGATION } from "./navigation";
import { SessionEndedDialog } from "./SessionEndedDialog";
import classes from "./Shell.module.css";
import { SignInPage } from "./SignInPage";
import { ChooseVendorPage, NoVendorPage } from "./VendorPages";

/** The frame around every page: the head, and the pages that the person's role has. */
export function Shell() {
  const session = useSession();
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  const navigation = useNavigation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu closes when the page changes.
  useEffect(close, [pathname]);
  const principal = session.status === "signed-in" ? session.principal : null;
  const onSignInPage = principal === null && pathname === "/";
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={
        principal === null ? undefined : { width: 184, breakpoint: "sm", collapsed: { mobile: !opened } }
      }
      padding={{ base: "sm", sm: "md" }}
    >
      <a className="skip-link" href="#content">
        {texts.shell.skip}
      </a>
      <AppShell.Header className={classes.header}>
        <Group gap="sm" wrap="nowrap" className={classes.brand}>
          {principal !== null && (
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={texts.shell.menu}
              aria-expanded={opened}
            />
          )}
          <Link to="/" className={classes.home} aria-label={texts.common.product}>
            <img src="/favicon.svg" alt="" width={24} height={24} />
            <span>{texts.common.product}</span>
          </Link>
        </Group>
        <Group gap="xs" wrap="nowrap">
          {principal !== null && <VendorOfPage principal={principal} />}
          <ColourSchemeSwitch />
          {principal !== null && <Account principal={principal} />}
          {session.status === "signed-out" && !onSignInPage && (
            <Button component={Link} to="/" size="compact-md" variant="default">
              {texts.shell.signIn}
            </Button>
          )}
        </Group>
      </AppShell.Header>
      {principal !== null && (
        <AppShell.Navbar p="xs" aria-label={texts.shell.navigation}>
          <Pages principal={principal} />
        </AppShell.Navbar>
      )}
      <AppShell.Main id="content" tabIndex={-1} className={classes.main}>
        {session.status === "failed" && (
          <ErrorState error={session.error} onRetry={() => location.reload()} />
        )}
        {(session.status === "signed-in" || session.status === "signed-out") && (
          <Suspense fallback={<LoadingState />}>
            <div aria-busy={navigation.state === "loading"}>
              <Outlet />
            </div>
          </Suspense>
        )}
      </AppShell.Main>
      {session.status === "signed-in" && session.ended && <SessionEndedDialog />}
    </AppShell>
  );
}

interface ForRolesProps {
  readonly roles: readonly Role[];
  /** Whether the pages show one vendor. */
  readonly ofVendor?: boolean;
}

/** Pages of some roles. Who is not signed in does so at the same address. */
export function ForRoles({ roles, ofVendor = false }: ForRolesProps) {
  const session = useSession();
  const [query] = useSearchParams();
  if (session.status !== "signed-in") {
    return <SignInPage />;
  }
  const { role, vendorId } = session.principal;
  if (!roles.includes(role)) {
    return <NoPermissionPage />;
  }
  if (ofVendor && role === "vendor" && vendorId === null) {
    return <NoVendorPage />;
  }
  if (ofVendor && role !== "vendor" && !query.get("vendor")) {
    return <ChooseVendorPage />;
  }
  return <Outlet />;
}

function Pages({ principal }: { principal: Principal }) {
  const { pathname } = useLocation();
  const [query] = useSearchParams();
  const vendor = principal.role === "vendor" ? null : query.get("vendor");
  return NAVIGATION.filter((item) => item.roles.includes(principal.role)).map((item) => {
    const current = pathname === item.path || pathname.startsWith(`${item.path}/`);
    return (
      <NavLink
        key={item.path}
        component={Link}
        to={vendor === null ? item.path : `${item.path}?vendor=${encodeURIComponent(vendor)}`}
        label={item.label}
        leftSection={item.icon}
        active={current}
        aria-current={current ? "page" : undefined}
        className={classes.page}
      />
    );
  });
}

function VendorOfPage({ principal }: { principal: Principal }) {
  const [query] = useSearchParams();
  const { pathname } = useLocation();
  if (principal.role === "vendor") {
    return (
      <Text size="sm" c="dimmed" className={classes.vendor}>
        {principal.vendorId}
      </Text>
    );
  }
  const vendor = query.get("vendor");
  return vendor === null ? null : (
    <Button
      component={Link}
      to={pathname.startsWith("/skus/") || pathname.startsWith("/products/") ? "/inventory" : pathname}
      size="compact-sm"
      variant="default"
      className={classes.vendor}
      aria-label={`${texts.shell.chooseVendor.change} (${vendor})`}
    >
      {vendor}
    </Button>
  );
}

function ColourSchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  const label = scheme === "dark" ? texts.shell.toLight : texts.shell.toDark;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(scheme === "dark" ? "light" : "dark")}
    >
      {scheme === "dark" ? <SunIcon /> : <MoonIcon />}
    </ActionIcon>
  );
}

function Account({ principal }: { principal: Principal }) {
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={texts.shell.account(principal.name)}>
          <PersonIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {texts.shell.roles[principal.role]} · {principal.name}
        </Menu.Label>
        <Menu.Item onClick={() => void signOut()}>{texts.shell.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
