import { Loader } from "@mantine/core";
import { lazy, Suspense } from "react";
import { Redirect, Route, Switch } from "wouter";
import { useMe } from "./api/queries";
import type { Me } from "./api/types";
import { AnomaliesPage } from "./pages/anomalies";
import { CampusPage } from "./pages/campus";
import { FleetPage } from "./pages/fleet";
import { ForecastPage } from "./pages/forecast";
import { MaintenancePage } from "./pages/maintenance";
import { NodePage } from "./pages/node";
import { NowPage } from "./pages/now";
import { Notice } from "./parts/states";
import { Shell } from "./shell";

const SignInPage = lazy(() => import("./pages/sign-in"));
const SetupPage = lazy(() => import("./pages/setup"));

export function App() {
  return (
    <Suspense fallback={<Waiting />}>
      <Switch>
        <Route path="/setup" component={SetupPage} />
        <Route path="/sign-in" component={SignInPage} />
        <Route>
          <SignedIn />
        </Route>
      </Switch>
    </Suspense>
  );
}

function SignedIn() {
  const me = useMe();
  if (me.isPending) return <Waiting />;
  if (me.data) return <Pages me={me.data} />;
  if (me.error) {
    return (
      <div className="door">
        <Notice title="Voltonic can't be reached">{me.error.message}</Notice>
      </div>
    );
  }
  const back = window.location.pathname;
  return <Redirect to={back === "/" ? "/sign-in" : `/sign-in?to=${encodeURIComponent(back)}`} replace />;
}

function Pages({ me }: { me: Me }) {
  return (
    <Shell me={me}>
      <Switch>
        <Route path="/" component={NowPage} />
        <Route path="/campus" component={CampusPage} />
        <Route path="/node/*">{(params) => <NodePage path={params["*"]} />}</Route>
        <Route path="/forecast">
          <ForecastPage />
        </Route>
        <Route path="/forecast/*">{(params) => <ForecastPage path={params["*"]} />}</Route>
        <Route path="/anomalies">
          <AnomaliesPage />
        </Route>
        <Route path="/anomalies/*">{(params) => <AnomaliesPage path={params["*"]} />}</Route>
        <Route path="/maintenance">
          <MaintenancePage />
        </Route>
        <Route path="/maintenance/*">{(params) => <MaintenancePage path={params["*"]} />}</Route>
        <Route path="/fleet" component={FleetPage} />
        <Route>
          <Notice title="There is no such page" />
        </Route>
      </Switch>
    </Shell>
  );
}

function Waiting() {
  return (
    <div className="door" aria-busy="true">
      <Loader color="gray" type="dots" aria-label="Loading" style={{ width: "auto" }} />
    </div>
  );
}
