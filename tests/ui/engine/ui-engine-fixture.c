/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/engine/ui-engine-fixture.h"

#include "model/bundle/create.h"
#include "model/engine/status.h"
#include "model/phantom/phantom.h"
#include "model/volume/nifti.h"
#include "tests/support/test.h"

#include <string.h>

/* The one that is being opened: a table's open() knows nothing of who calls it. */
static Gate *opening;

/* With the lock: waits for a ticket. */
static bool
pass (Gate *gate, const SagCancel *cancel, SagStatus *status)
{
  while (gate->n_tickets == 0 && !sag_cancel_is_set (cancel))
    {
      gate->is_waiting = TRUE;
      g_cond_wait_until (&gate->cond, &gate->lock, g_get_monotonic_time () + 2000);
    }
  gate->is_waiting = FALSE;
  if (sag_cancel_is_set (cancel))
    return sag_status_fail (status, SAG_STATUS_CANCELLED, "Stopped.");
  if (gate->n_tickets > 0)
    gate->n_tickets--;
  if (gate->fail != NULL)
    {
      sag_status_fail (status, SAG_STATUS_OUT_OF_MEMORY, "%s", gate->fail);
      gate->fail = NULL;
      return false;
    }
  return true;
}

static bool
enter (Gate *gate, const char *what, const SagCancel *cancel, SagStatus *status)
{
  bool passed;

  g_mutex_lock (&gate->lock);
  g_ptr_array_add (gate->record, g_strdup (what));
  passed = pass (gate, cancel, status);
  g_mutex_unlock (&gate->lock);
  return passed;
}

static void *
gate_open (const SagWeightSource *source, const SagEngineOptions *options, SagStatus *status)
{
  opening->network = *source->network;
  g_atomic_int_inc (&opening->n_opened);
  return opening;
}

static void
gate_close (void *self)
{
}

static void
gate_describe (void *self, SagEngineInfo *info)
{
  *info = (SagEngineInfo){ "gate", "a turnstile", "fp32" };
}

static bool
gate_encode (void *self, const SagEncodeRequest *request, SagStatus *status)
{
  Gate *gate = self;
  gsize n = sag_network_n_tokens (&gate->network) * (gsize) gate->network.hidden;

  memset (request->tokens, 0, n * sizeof (float));
  return enter (gate, "encode", &request->cancel, status);
}

static bool
gate_ask (void *self, const SagAskRequest *request, SagStatus *status)
{
  Gate *gate = self;
  gsize n_cells = (gsize) request->n_tokens * sag_network_cells_per_token (&gate->network);
  g_autofree char *what = g_strdup_printf ("ask %d", request->lengths[0]);

  for (int t = 0; t < request->n_texts; t++)
    request->class_logits[t] = (float) request->lengths[t];
  if (request->cell_logits != NULL)
    memset (request->cell_logits, 0, request->n_texts * n_cells * sizeof (float));
  return enter (gate, what, &request->cancel, status);
}

static SagEngine *
open_engine (SagBundle *bundle, gpointer user_data, SagUiEngineNote *note, GError **error)
{
  static const SagEngineTable table = {
    .abi = SAG_ENGINE_ABI,
    .id = "gate",
    .open = gate_open,
    .close = gate_close,
    .describe = gate_describe,
    .encode = gate_encode,
    .ask = gate_ask,
  };

  opening = user_data;
  *note = (SagUiEngineNote){ g_strdup ("A turnstile is no GPU."), TRUE };
  return sag_engine_open (&table, bundle, NULL, error);
}

void
gate_init (Gate *gate, int n_tickets)
{
  *gate = (Gate){ .n_tickets = n_tickets };
  g_mutex_init (&gate->lock);
  g_cond_init (&gate->cond);
  gate->record = g_ptr_array_new_with_free_func (g_free);
}

void
gate_clear (Gate *gate)
{
  g_mutex_clear (&gate->lock);
  g_cond_clear (&gate->cond);
  g_ptr_array_unref (gate->record);
}

void
gate_let (Gate *gate, int n_tickets)
{
  g_mutex_lock (&gate->lock);
  gate->n_tickets = n_tickets;
  gate->is_waiting = FALSE;
  g_cond_broadcast (&gate->cond);
  g_mutex_unlock (&gate->lock);
}

static gboolean
is_waiting (Gate *gate)
{
  gboolean waiting;

  g_mutex_lock (&gate->lock);
  waiting = gate->is_waiting && gate->n_tickets == 0;
  g_mutex_unlock (&gate->lock);
  return waiting;
}

void
gate_await (Gate *gate)
{
  spin_until (is_waiting (gate));
}

static guint
count_calls (Gate *gate)
{
  guint n_calls;

  g_mutex_lock (&gate->lock);
  n_calls = gate->record->len;
  g_mutex_unlock (&gate->lock);
  return n_calls;
}

void
gate_await_calls (Gate *gate, guint n_calls)
{
  spin_until (count_calls (gate) >= n_calls);
}

void
gate_set_failure (Gate *gate, const char *sentence)
{
  g_mutex_lock (&gate->lock);
  gate->fail = sentence;
  g_mutex_unlock (&gate->lock);
}

char *
gate_dup_record (Gate *gate)
{
  char *record;

  g_mutex_lock (&gate->lock);
  g_ptr_array_add (gate->record, NULL);
  record = g_strjoinv (", ", (char **) gate->record->pdata);
  g_ptr_array_set_size (gate->record, 0);
  g_mutex_unlock (&gate->lock);
  return record;
}

void
fixture_init (Fixture *fixture, int n_tickets, gboolean open_bundle)
{
  gate_init (&fixture->gate, n_tickets);
  fixture->folder = sag_test_dup_folder ();
  fixture->engine = sag_ui_engine_new (open_engine, &fixture->gate, NULL);
  if (!open_bundle)
    return;
  sag_ui_engine_open_async (fixture->engine, NULL, NULL, NULL);
  spin_until (sag_ui_engine_get_state (fixture->engine) == SAG_UI_ENGINE_IDLE);
}

void
fixture_clear (Fixture *fixture)
{
  if (fixture->engine != NULL)
    sag_ui_engine_close (fixture->engine);
  g_clear_object (&fixture->engine);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  sag_test_remove_folder (fixture->folder);
  gate_clear (&fixture->gate);
}

static SagUiCase *
save_case (Fixture *fixture, SagVolume *volume, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  sag_nifti_save (path, sag_volume_get_geometry (volume), SAG_NIFTI_INT16,
                  sag_volume_get_int16 (volume), NULL, NULL, &error);
  g_assert_no_error (error);
  return sag_ui_case_new (file);
}

SagUiCase *
fixture_case (Fixture *fixture, guint n)
{
  SagPhantomOptions options = { .seed = n, .spacing_mm = { 6, 6, 6 } };
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
  g_autofree char *name = g_strdup_printf ("scan-%u.nii", n);

  return save_case (fixture, phantom->image, name);
}

SagUiCase *
fixture_ready_case (Fixture *fixture, guint n)
{
  SagUiCase *one = fixture_case (fixture, n);

  sag_ui_case_load (one);
  spin_until (sag_ui_case_get_state (one) == SAG_UI_CASE_READY);
  return one;
}

SagUiCase *
fixture_empty_case (Fixture *fixture)
{
  SagGeometry geometry = { .dims = { 40, 40, 40 } };
  gint16     *voxels = g_new (gint16, 40 * 40 * 40);
  g_autoptr (SagVolume) volume = NULL;
  SagUiCase *one;

  for (int a = 0; a < 3; a++)
    geometry.ijk_to_ras[a][a] = 6;
  for (int v = 0; v < 40 * 40 * 40; v++)
    voxels[v] = v % 40 < 4 || v % 40 > 35 ? -1000 : 0;
  volume = sag_volume_new_int16 (&geometry, voxels);
  one = save_case (fixture, volume, "water.nii");
  sag_ui_case_load (one);
  spin_until (sag_ui_case_get_state (one) == SAG_UI_CASE_READY);
  return one;
}

char *
fixture_bundle (Fixture *fixture, guint64 seed)
{
  SagBundleCreate  create = { .seed = seed };
  g_autofree char *name = g_strdup_printf ("bundle-%u", (guint) seed);
  char            *path = g_build_filename (fixture->folder, name, NULL);
  g_autoptr (GError) error = NULL;
  G_GNUC_UNUSED g_autoptr (SagBundle) bundle = sag_bundle_create (&create, path, &error);

  g_assert_no_error (error);
  return path;
}

const char *const fixture_words[] = { "lung", "lung lung", "lung lung lung",
                                      "lung lung lung lung" };

void
fixture_await (SagUiResult *result)
{
  spin_until (sag_ui_result_get_state (result) != SAG_UI_RESULT_PENDING);
}

void
fixture_assert_record (Fixture *fixture, const char *expected)
{
  g_autofree char *record = gate_dup_record (&fixture->gate);

  g_assert_cmpstr (record, ==, expected);
}

void
fixture_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}
