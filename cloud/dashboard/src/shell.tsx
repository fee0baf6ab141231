// The frame around every page: navigation, account, light or dark.

import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, type ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { send } from "./api/client";
import { ME, useFleet, useLiveCampus } from "./api/queries";
import { useLiveStream } from "./api/stream";
import type { Me } from "./api/types";
import { matters } from "./attention";
import { Icon, type IconName } from "./parts/icons";

const Streaming = createContext(false);

/** Whether live values come by themselves just now. */
export const useStreaming = (): boolean => useContext(Streaming);

const PAGES: { href: string; name: string; short?: string; icon: IconName; also?: string }[] = [
  { href: "/", name: "Now", icon: "now" },
  { href: "/campus", name: "Campus", icon: "campus", also: "/node/" },
  { href: "/forecast", name: "Forecast", icon: "forecast", also: "/forecast/" },
  { href: "/anomalies", name: "Anomalies", short: "Unusual", icon: "anomalies", also: "/anomalies/" },
  { href: "/maintenance", name: "Maintenance", short: "Upkeep", icon: "maintenance", also: "/maintenance/" },
  { href: "/fleet", name: "Fleet", icon: "fleet" },
];

export function Shell({ me, children }: { me: Me; children: ReactNode }) {
  const streaming = useLiveStream();
  return (
    <Streaming value={streaming}>
      <div className="shell">
        <aside className="rail">
          <Brand />
          <Navigation label="Pages" />
          <div className="rail-foot">
            <span {...(me.email ? { title: me.email } : {})}>{me.name || me.email}</span>
            <AccountButtons />
          </div>
        </aside>
        <header className="top-bar">
          <Brand />
          <AccountButtons />
        </header>
        <main className="main">{children}</main>
        <div className="tabs">
          <Navigation label="Pages, at the foot" isNarrow />
        </div>
      </div>
    </Streaming>
  );
}

function Brand() {
  return (
    <Link href="/" className="brand">
      <img src="/favicon.svg" alt="" />
      Voltonic
    </Link>
  );
}

function Navigation({ label, isNarrow = false }: { label: string; isNarrow?: boolean }) {
  const [location] = useLocation();
  const { data: live } = useLiveCampus(useStreaming());
  const { data: fleet } = useFleet();
  const open = matters(live, fleet).length;
  return (
    <nav aria-label={label}>
      {PAGES.map(({ href, name, short, icon, also }) => {
        const here = location === href || (also !== undefined && location.startsWith(also));
        return (
          <Link key={href} href={href} className="nav-item" {...(here ? { "aria-current": "page" } : {})}>
            <Icon name={icon} />
            {isNarrow ? (short ?? name) : name}
            {href === "/" && open > 0 && (
              <span className="nav-badge" aria-label={open === 1 ? "1 matter needs attention" : `${open} matters need attention`}>
                {open}
              </span>
            )}
          </Link>
        );
      })}
    </nav>
  );
}

function AccountButtons() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const cache = useQueryClient();
  const other = scheme === "dark" ? "light" : "dark";
  const signOut = async () => {
    await send("DELETE", "/api/v1/identity/session");
    cache.setQueryData(ME, null);
    cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== ME[0] });
  };
  return (
    <div style={{ display: "flex", gap: 4, marginLeft: -6 }}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={`Switch to the ${other} look`}
        title={`Switch to the ${other} look`}
        onClick={() => setColorScheme(other)}
      >
        <Icon name={scheme === "dark" ? "sun" : "moon"} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label="Sign out"
        title="Sign out"
        onClick={() => void signOut()}
      >
        <Icon name="out" />
      </ActionIcon>
    </div>
  );
}
