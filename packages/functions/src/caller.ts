/** Who is asking. Until there is authentication, everybody is the same somebody. */
export const callerId = "anonymous";
