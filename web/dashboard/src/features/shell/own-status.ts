import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "../../api/client";
import { keys } from "../../api/keys";
import { useOperators } from "../../api/queries";
import type { Operator, OperatorStatus } from "../../api/types";
import { useUser } from "../../session/session";
import { toastError } from "../../ui/toasts";

/** My own status; `undefined` while unknown, and for those who take no conversations. */
export function useOwnStatus(): {
  status: OperatorStatus | undefined;
  setStatus: (status: OperatorStatus) => void;
} {
  const client = useQueryClient();
  const me = useUser().id;
  const { data } = useOperators();
  const put = (status: OperatorStatus) => {
    client.setQueryData<Operator[]>(keys.operators, (operators) =>
      operators?.map((one) => (one.id === me ? { ...one, status } : one)),
    );
  };
  const { mutate } = useMutation({
    mutationFn: (status: OperatorStatus) =>
      call(
        api.PUT("/api/v1/operators/{id}/status", {
          params: { path: { id: me } },
          body: { status },
        }),
      ),
    onMutate: put,
    onError: (error) => {
      toastError(error);
      void client.invalidateQueries({ queryKey: keys.operators });
    },
  });
  return { status: data?.find((one) => one.id === me)?.status, setStatus: mutate };
}
