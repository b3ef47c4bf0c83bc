/* SPDX-License-Identifier: Apache-2.0 */
#include "model/engine/tokens.h"

struct _SagTokens
{
  gatomicrefcount ref_count;
  float          *values;
  gsize           n_tokens;
  char           *key;
  char           *bundle_sha256;
  SagPrepared    *prepared;
};

SagTokens *
sag_tokens_new (
  float *values, gsize n_tokens, char *key, const char *bundle_sha256, SagPrepared *prepared)
{
  SagTokens *tokens = g_new0 (SagTokens, 1);

  g_atomic_ref_count_init (&tokens->ref_count);
  tokens->values = values;
  tokens->n_tokens = n_tokens;
  tokens->key = key;
  tokens->bundle_sha256 = g_strdup (bundle_sha256);
  tokens->prepared = sag_prepared_ref (prepared);
  return tokens;
}

SagTokens *
sag_tokens_ref (SagTokens *tokens)
{
  g_return_val_if_fail (tokens != NULL, NULL);
  g_atomic_ref_count_inc (&tokens->ref_count);
  return tokens;
}

void
sag_tokens_unref (SagTokens *tokens)
{
  g_return_if_fail (tokens != NULL);

  if (!g_atomic_ref_count_dec (&tokens->ref_count))
    return;
  sag_prepared_unref (tokens->prepared);
  g_free (tokens->bundle_sha256);
  g_free (tokens->key);
  g_free (tokens->values);
  g_free (tokens);
}

const float *
sag_tokens_get_values (SagTokens *tokens)
{
  g_return_val_if_fail (tokens != NULL, NULL);
  return tokens->values;
}

const char *
sag_tokens_get_key (SagTokens *tokens)
{
  g_return_val_if_fail (tokens != NULL, NULL);
  return tokens->key;
}

SagPrepared *
sag_tokens_get_prepared (SagTokens *tokens)
{
  g_return_val_if_fail (tokens != NULL, NULL);
  return tokens->prepared;
}

gsize
sag_tokens_get_n_tokens (SagTokens *tokens)
{
  g_return_val_if_fail (tokens != NULL, 0);
  return tokens->n_tokens;
}

const char *
sag_tokens_get_bundle_sha256 (SagTokens *tokens)
{
  g_return_val_if_fail (tokens != NULL, NULL);
  return tokens->bundle_sha256;
}
