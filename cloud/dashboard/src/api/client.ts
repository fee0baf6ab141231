// Requests to the cloud: same origin, session cookie, problem+json turned into one error type.

export class ApiError extends Error {
  constructor(
    readonly status: number,
    title: string,
    readonly detail: string | undefined,
  ) {
    super(detail ?? title);
  }
}

type Problem = { title?: string; detail?: string };

let csrfToken: string | undefined;

export function rememberCsrf(token: string | null): void {
  if (token) csrfToken = token;
}

async function problemOf(response: Response): Promise<ApiError> {
  const problem: Problem = await response.json().catch(() => ({}));
  const title = problem.title ?? `The server answered ${response.status}`;
  return new ApiError(response.status, title, problem.detail);
}

async function request(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...init });
  } catch {
    throw new ApiError(0, "The server can't be reached", undefined);
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await request(path, {
    headers: { Accept: "application/json" },
    ...(signal ? { signal } : {}),
  });
  return (await response.json()) as T;
}

export async function send<T>(method: "POST" | "DELETE", path: string, body?: object): Promise<T | undefined> {
  const response = await request(path, {
    method,
    headers: {
      Accept: "application/json",
      ...(body ? { "Content-Type": "application/json" } : {}),
      ...(csrfToken ? { "X-CSRF-Token": csrfToken } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return text ? (JSON.parse(text) as T) : undefined;
}
