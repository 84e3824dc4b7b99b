import { useLocation, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { useConversation, useThread } from "../../api/queries";
import { setOpenConversation } from "../../live/announce";
import { Failure } from "../../ui/states";
import { Composer } from "../composer/composer";
import { DropZone } from "../composer/drop-zone";
import { AssignmentLine } from "./assignment-line";
import { useLooking } from "./colleagues";
import { CustomerPanel } from "./customer-panel";
import { Excerpt } from "./excerpt";
import { LabelsBar } from "./labels-bar";
import { MessageList } from "./message-list";
import { ThreadHeader } from "./thread-header";
import { ThreadSkeleton } from "./thread-skeleton";

/** One conversation: what was said, what can be done, and who the customer is. */
export function ThreadPage() {
  const { conversationId } = useParams({ from: "/app/inbox/$conversationId" });
  // A message that was searched for.
  const target = useLocation({ select: ({ hash }) => hash });
  const conversation = useConversation(conversationId);
  const thread = useThread(conversationId);
  useLooking(conversationId);

  useEffect(() => {
    setOpenConversation(conversationId);
    return () => setOpenConversation(null);
  }, [conversationId]);

  const failed = [conversation, thread].find((query) => query.isError && query.data === undefined);
  if (failed !== undefined) {
    const retry = () => {
      void conversation.refetch();
      void thread.refetch();
    };
    return (
      <main className="h-full">
        <Failure error={failed.error} onRetry={retry} />
      </main>
    );
  }
  if (conversation.data === undefined) return <ThreadSkeleton />;

  return (
    <div className="flex h-full min-w-0">
      <main className="flex h-full min-w-0 flex-1 flex-col">
        <ThreadHeader conversation={conversation.data} />
        <LabelsBar key={`labels-${conversationId}`} conversation={conversation.data} />
        <AssignmentLine conversation={conversation.data} />
        <DropZone key={conversationId} conversationId={conversationId}>
          {thread.data === undefined ? (
            <ThreadSkeleton />
          ) : target !== "" ? (
            <Excerpt
              key={`${conversationId}-${target}`}
              conversation={conversation.data}
              target={target}
            />
          ) : (
            <MessageList
              key={conversationId}
              conversation={conversation.data}
              thread={thread.data}
            />
          )}
          <Composer
            key={`composer-${conversationId}`}
            conversation={conversation.data}
            lastSeq={thread.data?.items.at(-1)?.seq ?? 0}
          />
        </DropZone>
      </main>
      <CustomerPanel conversation={conversation.data} />
    </div>
  );
}
