/* SPDX-License-Identifier: Apache-2.0 */
#include "model/train/state.h"

#include "model/bundle/safetensors.h"
#include "model/bundle/tensor-writer.h"
#include "model/core/error.h"
#include "model/core/number.h"

#include <math.h>
#include <string.h>

void
sag_train_state_clear (SagTrainState *state)
{
  g_clear_pointer (&state->options, g_free);
  g_clear_pointer (&state->manifest, g_free);
  g_clear_pointer (&state->data, g_free);
  g_clear_pointer (&state->parent, g_free);
}

static gboolean
is_moment (const SagTrainArray *array)
{
  return g_str_has_prefix (array->name, "exp_avg");
}

static gboolean
has_adapters (SagTrainArrays *arrays)
{
  for (gsize i = 0; i < sag_train_arrays_get_n (arrays); i++)
    if (strstr (sag_train_arrays_get (arrays, i)->name, ".lora_A.") != NULL)
      return TRUE;
  return FALSE;
}

/* Moments; and what trains itself where the bundle does not have it apart from what it is merged into. */
static gboolean
is_kept (const SagTrainArray *array, gboolean adapters)
{
  return is_moment (array) || (adapters && array->trains);
}

static void
set_integer (SagTensorWriter *writer, const char *key, guint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, value);

  sag_tensor_writer_set_metadata (writer, key, text);
}

static void
set_number (SagTensorWriter *writer, const char *key, double value)
{
  char text[SAG_NUMBER_BUFFER];

  sag_tensor_writer_set_metadata (writer, key, sag_number_format (value, text));
}

static void
set_metadata (SagTensorWriter *writer, const SagTrainState *state)
{
  sag_tensor_writer_set_metadata (writer, "format", "sagitta training state 1");
  set_integer (writer, "step", state->step);
  set_integer (writer, "random0", state->random[0]);
  set_integer (writer, "random1", state->random[1]);
  set_integer (writer, "random2", state->random[2]);
  set_integer (writer, "random3", state->random[3]);
  set_number (writer, "best", state->best);
  set_number (writer, "best_loss", state->best_loss);
  set_integer (writer, "best_step", state->best_step);
  set_integer (writer, "n_worse", state->n_worse);
  set_integer (writer, "validated", state->validated);
  set_number (writer, "n_seconds", state->n_seconds);
  sag_tensor_writer_set_metadata (writer, "options", state->options);
  sag_tensor_writer_set_metadata (writer, "manifest", state->manifest);
  sag_tensor_writer_set_metadata (writer, "data", state->data != NULL ? state->data : "");
  sag_tensor_writer_set_metadata (writer, "parent", state->parent);
}

gboolean
sag_train_state_save (const SagTrainState *state,
                      SagTrainArrays      *arrays,
                      const char          *path,
                      GError             **error)
{
  g_autoptr (SagTensorWriter) writer = sag_tensor_writer_new ();
  gsize    n = sag_train_arrays_get_n (arrays);
  gboolean adapters = has_adapters (arrays);

  set_metadata (writer, state);
  for (gsize i = 0; i < n; i++)
    {
      const SagTrainArray *array = sag_train_arrays_get (arrays, i);
      gint64               shape = (gint64) array->n_values;

      if (is_kept (array, adapters))
        sag_tensor_writer_declare (writer, array->name, SAG_DTYPE_F32, 1, &shape);
    }
  if (!sag_tensor_writer_open (writer, path, error))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      const SagTrainArray *array = sag_train_arrays_get (arrays, i);

      if (is_kept (array, adapters) &&
          !sag_tensor_writer_floats (writer, array->values, array->n_values, error))
        return FALSE;
    }
  return sag_tensor_writer_commit (writer, error);
}

/* A text of the metadata; "" marks @bad. */
static const char *
get_text (SagTensorFile *file, const char *key, gboolean *bad)
{
  const char *text = sag_tensor_file_get_metadata (file, key);

  *bad = *bad || text == NULL;
  return text != NULL ? text : "";
}

static guint64
get_integer (SagTensorFile *file, const char *key, gboolean *bad)
{
  guint64 value = 0;

  if (!g_ascii_string_to_unsigned (get_text (file, key, bad), 10, 0, G_MAXUINT64, &value, NULL))
    *bad = TRUE;
  return value;
}

static double
get_number (SagTensorFile *file, const char *key, gboolean *bad)
{
  const char *text = get_text (file, key, bad);
  double      value = NAN;

  if (strcmp (text, "nan") != 0 && !sag_number_parse (text, &value))
    *bad = TRUE;
  return value;
}

static gboolean
read_state (SagTensorFile *file, SagTrainState *state)
{
  static const char *const random[] = { "random0", "random1", "random2", "random3" };
  gboolean                 bad = FALSE, no_data = FALSE;

  for (int r = 0; r < 4; r++)
    state->random[r] = get_integer (file, random[r], &bad);
  state->step = get_integer (file, "step", &bad);
  state->best = get_number (file, "best", &bad);
  state->best_loss = get_number (file, "best_loss", &bad);
  state->best_step = get_integer (file, "best_step", &bad);
  state->n_worse = (guint) get_integer (file, "n_worse", &bad);
  state->validated = get_integer (file, "validated", &bad);
  state->n_seconds = get_number (file, "n_seconds", &bad);
  state->options = g_strdup (get_text (file, "options", &bad));
  state->manifest = g_strdup (get_text (file, "manifest", &bad));
  state->data =
    g_strdup (get_text (file, "data", &no_data)); /* of an older run: its options say so */
  state->parent = g_strdup (get_text (file, "parent", &bad));
  return !bad;
}

static gboolean
read_moments (SagTensorFile *file, SagTrainArrays *arrays, GError **error)
{
  gsize    n_arrays = 0;
  gboolean adapters = has_adapters (arrays);

  for (gsize i = 0; i < sag_train_arrays_get_n (arrays); i++)
    {
      const SagTrainArray *array = sag_train_arrays_get (arrays, i);
      const SagTensor     *tensor;

      if (!is_kept (array, adapters))
        continue;
      tensor = sag_tensor_file_find (file, array->name);
      if (tensor == NULL || tensor->n_values != array->n_values ||
          !sag_tensor_read_floats (tensor, 0, tensor->n_values, array->values))
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                       "%s does not hold %s of this training; go on with the options that it "
                       "began with.",
                       sag_tensor_file_get_name (file), array->name);
          return FALSE;
        }
      n_arrays++;
    }
  if (n_arrays == sag_tensor_file_get_n_tensors (file))
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
               "%s belongs to a training of other parts; go on with the options that it began "
               "with.",
               sag_tensor_file_get_name (file));
  return FALSE;
}

gboolean
sag_train_state_load (SagTrainState  *state,
                      SagTrainArrays *arrays,
                      const char     *path,
                      GError        **error)
{
  g_autoptr (SagTensorFile) file = sag_tensor_file_open (path, error);

  if (file == NULL)
    return FALSE;
  if (!read_state (file, state))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "%s is no training state; remove the newest checkpoint and its state, and go on "
                   "from the one before.",
                   sag_tensor_file_get_name (file));
      return FALSE;
    }
  return arrays == NULL || read_moments (file, arrays, error);
}
