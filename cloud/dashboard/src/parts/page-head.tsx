import { useDocumentTitle } from "@mantine/hooks";
import { useEffect, type ReactNode } from "react";
import { Link } from "wouter";

export type Crumb = { name: string; href: string };

type Props = { title: string; crumbs?: Crumb[]; children?: ReactNode };

export function PageHead({ title, crumbs = [], children }: Props) {
  useDocumentTitle(title ? `${title} · Voltonic` : "Voltonic");
  useEffect(() => {
    window.scrollTo(0, 0);
  }, []);
  return (
    <header className="page-head">
      <div>
        {crumbs.length > 0 && (
          <nav aria-label="Where you are">
            <ol className="crumbs">
              {crumbs.map((crumb) => (
                <li key={crumb.href}>
                  <Link href={crumb.href}>{crumb.name}</Link>
                </li>
              ))}
            </ol>
          </nav>
        )}
        <h1>{title}</h1>
      </div>
      <div>{children}</div>
    </header>
  );
}
