// Catches what no page expected, such as a part that an upgrade of the server has replaced.

import { Button } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { Notice } from "./states";

type State = { error: Error | null };

export class Boundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <div className="door">
        <Notice title="This page can't be shown">
          <p>{this.state.error.message}</p>
          <Button size="xs" variant="light" onClick={() => window.location.reload()}>
            Load it again
          </Button>
        </Notice>
      </div>
    );
  }
}
