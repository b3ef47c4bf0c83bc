/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/tensors.h"

#include "model/core/error.h"
#include "model/core/file.h"

void
sag_cli_tensors_clear (SagCliTensors *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->images, g_free);
  g_clear_pointer (&self->ids, g_free);
  g_clear_pointer (&self->lengths, g_free);
}

gboolean
sag_cli_tensors_fail (const SagCliTensors *self,
                      GError             **error,
                      const char          *name,
                      const char          *wanted)
{
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
               "%s needs a tensor \"%s\" of shape %s; write it anew.", self->name, name, wanted);
  return FALSE;
}

static gboolean
read_images (SagCliTensors *self, SagTensorFile *file, GError **error)
{
  const SagTensor *images = sag_tensor_file_find (file, "images");

  if (images == NULL || images->n_dims != 5 || images->shape[1] != 1 || images->n_values == 0)
    return sag_cli_tensors_fail (self, error, "images", "(N, 1, X, Y, Z), float");
  self->n = images->shape[0];
  for (int a = 0; a < 3; a++)
    {
      if (images->shape[2 + a] > 4096)
        return sag_cli_tensors_fail (self, error, "images",
                                     "(N, 1, X, Y, Z) with sides up to 4096");
      self->dims[a] = (gint32) images->shape[2 + a];
    }
  self->images = g_try_new (float, images->n_values);
  if (self->images == NULL || !sag_tensor_read_floats (images, 0, images->n_values, self->images))
    return sag_cli_tensors_fail (self, error, "images",
                                 "(N, 1, X, Y, Z), float, that fits into memory");
  return TRUE;
}

/* Real ids of a row: the mask must be ones, then zeros. */
static gboolean
read_length (const gint64 *mask, gint32 max_length, gint32 *length)
{
  *length = 0;
  while (*length < max_length && mask[*length] == 1)
    (*length)++;
  for (gint32 i = *length; i < max_length; i++)
    if (mask[i] != 0)
      return FALSE;
  return *length > 0;
}

static gboolean
read_texts (SagCliTensors *self, SagTensorFile *file, const SagNetwork *network, GError **error)
{
  const SagTensor   *ids = sag_tensor_file_find (file, "input_ids");
  const SagTensor   *mask = sag_tensor_file_find (file, "attention_mask");
  g_autofree gint64 *values = NULL;
  gsize              n;

  if (ids == NULL)
    return TRUE;
  if (ids->n_dims != 2 || ids->shape[0] != self->n || ids->shape[1] < 1 || ids->shape[1] > 65536)
    return sag_cli_tensors_fail (self, error, "input_ids", "(N, L), integer");
  if (mask != NULL && !sag_tensor_has_shape (mask, 2, ids->shape))
    return sag_cli_tensors_fail (self, error, "attention_mask", "(N, L), as input_ids");
  n = ids->n_values;
  self->max_length = (gint32) ids->shape[1];
  values = g_new (gint64, n);
  self->ids = g_new (gint32, n);
  self->lengths = g_new (gint32, self->n);
  if (!sag_tensor_read_integers (ids, 0, n, values))
    return sag_cli_tensors_fail (self, error, "input_ids", "(N, L), integer");
  for (gsize i = 0; i < n; i++)
    {
      if (values[i] < 0 || values[i] >= network->n_words)
        return sag_cli_tensors_fail (self, error, "input_ids",
                                     "(N, L) with ids of the bundle's vocabulary");
      self->ids[i] = (gint32) values[i];
    }
  for (gint64 i = 0; i < self->n; i++)
    self->lengths[i] = self->max_length;
  if (mask == NULL)
    return TRUE;
  if (!sag_tensor_read_integers (mask, 0, n, values))
    return sag_cli_tensors_fail (self, error, "attention_mask", "(N, L), integer");
  for (gint64 i = 0; i < self->n; i++)
    if (!read_length (values + i * self->max_length, self->max_length, &self->lengths[i]))
      return sag_cli_tensors_fail (self, error, "attention_mask",
                                   "(N, L) of ones followed by zeros");
  return TRUE;
}

gboolean
sag_cli_tensors_read (SagCliTensors    *self,
                      SagTensorFile    *file,
                      const char       *path,
                      const SagNetwork *network,
                      GError          **error)
{
  self->name = sag_file_dup_display_name (path);
  return read_images (self, file, error) && read_texts (self, file, network, error);
}

static bool
is_cancelled (void *data)
{
  return g_cancellable_is_cancelled (data);
}

SagCancel
sag_cli_get_cancel (void)
{
  return (SagCancel){ is_cancelled, sag_cli_get_cancellable () };
}

gboolean
sag_cli_engine_failed (const SagStatus *status, GError **error)
{
  if (status->code == SAG_STATUS_CANCELLED &&
      g_cancellable_set_error_if_cancelled (sag_cli_get_cancellable (), error))
    return FALSE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_ENGINE, "%s", status->message);
  return FALSE;
}
