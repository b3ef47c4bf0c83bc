/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/cpu/arena.h"
#include "model/cpu/text.h"

G_BEGIN_DECLS

/**
 * sag_cpu_ask: texts about one volume's tokens, a few at a time.
 *
 * Without a tap nothing is computed that no answer needs: no padding, and in the last layer only the positions that a
 * head reads. A text's answer has the same bits alone and among others, and with any number of threads.
 *
 * @arena: scratch; its contents are lost
 * Taps, a text after the other, each with a first dimension of 1: "text_embeds_pass1", "mm_embeds_concat",
 *   "embeddings_pass2", "bert_layer<n>", "last_hidden_state", "logits_cls", "prob_cls", "logits_seg" (with cells only)
 *
 * Returns: false with @status set: SAG_STATUS_CANCELLED, SAG_STATUS_INVALID for lengths, ids or sizes that the network
 *   does not allow, SAG_STATUS_OUT_OF_MEMORY
 */
bool sag_cpu_ask (const SagCpuText    *text,
                  const SagCpuTeam    *team,
                  SagCpuArena         *arena,
                  const SagAskRequest *request,
                  SagStatus           *status);

G_END_DECLS
