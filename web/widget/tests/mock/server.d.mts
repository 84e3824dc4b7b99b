import type { Message } from "../../src/core/types";

export interface Mock {
  state: {
    messages: Message[];
    frames: { type: string }[];
    loseAnswers: number;
    failing: { status: number; code?: string; retryAfter?: number } | undefined;
  };
  operator: {
    reply(text: string): Message;
    type(isTyping: boolean): void;
    read(): void;
    status(status: string): void;
  };
  listen(port?: number): Promise<string>;
  stop(): Promise<void>;
}

export declare const createMock: (options?: { settings?: object; page?: string }) => Mock;
