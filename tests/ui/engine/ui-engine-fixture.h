/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/engine/engine.h"

G_BEGIN_DECLS

/**
 * Gate: an engine that waits until a test lets it on, and keeps a record of what it did.
 *
 * A text's class logit is its number of word pieces. Encoding and asking look at the cancel
 * function while they wait.
 *
 * @record: (element-type utf8): "encode", "ask 7" (word pieces of the first text), in order
 * @n_tickets: how many calls may go on; negative: any number
 * @n_opened: how many times it was
 * @fail: (nullable): the next call fails with this sentence
 */
typedef struct
{
  GMutex      lock;
  GCond       cond;
  GPtrArray  *record;
  int         n_tickets;
  gboolean    is_waiting;
  int         n_opened; /* atomic */
  const char *fail;
  SagNetwork  network;
} Gate;

void gate_init (Gate *gate, int n_tickets);
void gate_clear (Gate *gate);
/** gate_let: so many more calls may go on; negative: all. */
void gate_let (Gate *gate, int n_tickets);
/** gate_await: runs the main loop until a call waits at the gate. */
void gate_await (Gate *gate);
/** gate_await_calls: until the record has @n_calls. */
void gate_await_calls (Gate *gate, guint n_calls);
/** gate_dup_record: (transfer full): "encode, ask 7": what happened since the last time. */
char *gate_dup_record (Gate *gate);
void  gate_set_failure (Gate *gate, const char *sentence);

/** Fixture: an engine behind a gate, with a folder for bundles and scans. */
typedef struct
{
  Gate         gate;
  char        *folder;
  SagUiEngine *engine;
} Fixture;

/** fixture_init: with @open_bundle the first bundle is open. */
void fixture_init (Fixture *fixture, int n_tickets, gboolean open_bundle);
void fixture_clear (Fixture *fixture);

/** fixture_case: (transfer full): a phantom, not read yet; @n other phantoms for other numbers. */
SagUiCase *fixture_case (Fixture *fixture, guint n);
/** fixture_ready_case: the same, read. */
SagUiCase *fixture_ready_case (Fixture *fixture, guint n);
/** fixture_empty_case: a scan of air in a box of water: out of scope. */
SagUiCase *fixture_empty_case (Fixture *fixture);
/** fixture_bundle: (transfer full): folder of a small random bundle. */
char *fixture_bundle (Fixture *fixture, guint64 seed);

/** fixture_words: texts of one, two, ... words that the small vocabulary has; with start and end 3, 4, ... pieces. */
extern const char *const fixture_words[4];

/** fixture_result_cb: a GAsyncReadyCallback that keeps the result in its data, a GAsyncResult **. */
void fixture_result_cb (GObject *source, GAsyncResult *result, gpointer user_data);

void fixture_await (SagUiResult *result);
void fixture_assert_record (Fixture *fixture, const char *expected);

/** spin_until: runs the main loop until @condition, at most ten minutes. */
#define spin_until(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 spin_end = g_get_monotonic_time () + 600 * G_USEC_PER_SEC;                              \
                                                                                                   \
    while (!(condition))                                                                           \
      {                                                                                            \
        g_assert_cmpint (g_get_monotonic_time (), <, spin_end);                                    \
        if (!g_main_context_iteration (NULL, FALSE))                                               \
          g_usleep (500);                                                                          \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

G_END_DECLS
