/* SPDX-License-Identifier: Apache-2.0 */

/* Sizes of the network: EfficientNet's table, timm's rounding of channels, shapes of convolutions.
 *
 * Sources: tf_efficientnet_b0 and make_divisible of timm_3d (ZFTurbo/timm_3d), whose pad_same permutes the
 * axes of the padding; Hugging Face's BertModel for the text layers.
 */

#include "model/network/network.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MAX_SIDE 4096
#define MAX_CHANNELS 32768
#define MAX_KERNEL 15
#define MAX_WORDS (1 << 22)
#define MAX_POSITIONS (1 << 20)
#define MAX_TYPES 4096
#define MAX_LAYERS 256
#define MAX_CELLS_PER_AXIS 64
#define MAX_TOKENS (1 << 20)

int
sag_network_b0_stages (SagStage stages[SAG_MAX_STAGES])
{
  static const SagStage b0[] = {
    /* repeats, kernel, stride, expansion, out_channels */
    { 1, 3, 1, 1, 16 },  { 2, 3, 2, 6, 24 },  { 2, 5, 2, 6, 40 },  { 3, 3, 2, 6, 80 },
    { 3, 5, 1, 6, 112 }, { 4, 5, 2, 6, 192 }, { 1, 3, 1, 6, 320 },
  };

  memcpy (stages, b0, sizeof b0);
  return (int) (sizeof b0 / sizeof b0[0]);
}

int32_t
sag_network_round_channels (int32_t channels, double multiplier)
{
  double  exact = channels * multiplier;
  int32_t rounded;

  if (!(exact < MAX_CHANNELS))
    return MAX_CHANNELS;
  rounded = (int32_t) (exact + 4) / 8 * 8;
  if (rounded < 8)
    rounded = 8;
  return rounded < 0.9 * exact ? rounded + 8 : rounded;
}

/* Python's round (channels * 0.25): ties go to the even neighbour. */
static int32_t
quarter (int32_t channels)
{
  int32_t whole = channels / 4;
  int32_t rest = channels % 4;

  if (rest == 2)
    return whole + (whole & 1);
  return rest == 3 ? whole + 1 : whole;
}

bool
sag_network_set_stages (SagNetwork *network, const SagStage *stages, int n_stages)
{
  int32_t in = network->stem_channels;

  network->n_blocks = 0;
  for (int s = 0; s < n_stages; s++)
    for (int32_t i = 0; i < stages[s].repeats; i++)
      {
        SagBlock *block;
        bool      expands = stages[s].expansion != 1;

        if (network->n_blocks == SAG_MAX_BLOCKS)
          return false;
        block = &network->blocks[network->n_blocks++];
        *block = (SagBlock){
          .stage = s,
          .index = i,
          .kernel = stages[s].kernel,
          .stride = i == 0 ? stages[s].stride : 1,
          .in_channels = in,
          .mid_channels = expands ? sag_network_round_channels (in, stages[s].expansion) : in,
          .out_channels = stages[s].out_channels,
          .gate_channels = quarter (in),
          .expands = expands,
        };
        block->skips = block->stride == 1 && in == block->out_channels;
        in = block->out_channels;
      }
  return true;
}

/* Writes the sentence and is false. */
#define refuse(message, ...) (snprintf (message, 200, __VA_ARGS__), false)

static bool
check_range (char message[200], const char *what, int32_t value, int32_t least, int32_t most)
{
  if (value >= least && value <= most)
    return true;
  return refuse (message, "%s is %d, but must lie between %d and %d", what, value, least, most);
}

static bool
validate_block (const SagBlock *block, int number, int32_t in_channels, char message[200])
{
  if (!check_range (message, "the stage of a block", block->stage, 0, SAG_MAX_STAGES - 1) ||
      !check_range (message, "the index of a block", block->index, 0, SAG_MAX_BLOCKS - 1) ||
      !check_range (message, "the kernel of a block", block->kernel, 1, MAX_KERNEL) ||
      !check_range (message, "the stride of a block", block->stride, 1, 2) ||
      !check_range (message, "the middle width of a block", block->mid_channels, 1, MAX_CHANNELS) ||
      !check_range (message, "the output width of a block", block->out_channels, 1, MAX_CHANNELS) ||
      !check_range (message, "the gate width of a block", block->gate_channels, 1, MAX_CHANNELS))
    return false;
  if (block->kernel % 2 == 0)
    return refuse (message, "the kernel of block %d is %d, but must be odd", number, block->kernel);
  if (block->in_channels != in_channels)
    return refuse (message, "block %d expects %d channels, but receives %d", number,
                   block->in_channels, in_channels);
  if (!block->expands && block->mid_channels != in_channels)
    return refuse (message,
                   "block %d does not expand, but its middle width %d is not its input's %d",
                   number, block->mid_channels, in_channels);
  if (block->skips && (block->stride != 1 || in_channels != block->out_channels))
    return refuse (message, "block %d cannot add its input to an output of another size", number);
  return true;
}

static bool
validate_vision (const SagNetwork *network, char message[200])
{
  static const char axes[] = "xyz";
  int32_t           stride = 2;

  if (!check_range (message, "the stem's width", network->stem_channels, 1, MAX_CHANNELS) ||
      !check_range (message, "the number of blocks", network->n_blocks, 1, SAG_MAX_BLOCKS) ||
      !check_range (message, "the head's width", network->head_channels, 1, MAX_CHANNELS))
    return false;
  if (!(network->batch_norm_eps > 0 && network->batch_norm_eps < 1))
    return refuse (message, "the BatchNorm eps must lie between 0 and 1");
  for (int b = 0; b < network->n_blocks; b++)
    {
      int32_t in = b == 0 ? network->stem_channels : network->blocks[b - 1].out_channels;

      if (!validate_block (&network->blocks[b], b, in, message))
        return false;
      stride *= network->blocks[b].stride;
      if (stride > MAX_SIDE)
        return refuse (message, "the strides of the blocks multiply to more than %d", MAX_SIDE);
    }
  for (int a = 0; a < 3; a++)
    {
      if (!check_range (message, "an input size", network->input[a], 1, MAX_SIDE))
        return false;
      if (network->input[a] % stride != 0)
        return refuse (message,
                       "the input size %d along %c is not divisible by the total stride %d",
                       network->input[a], axes[a], stride);
    }
  return true;
}

static bool
validate_text (const SagNetwork *network, char message[200])
{
  bool reads = network->text_kind != SAG_TEXT_MULTI_LABEL;

  if (network->text_kind != SAG_TEXT_BERT && network->text_kind != SAG_TEXT_MEGATRON && reads)
    return refuse (message, "the kind of text layers is neither BERT nor MegatronBert");
  if (!check_range (message, "the number of words", network->n_words, 1, MAX_WORDS) ||
      !check_range (message, "the number of positions", network->n_positions, 1, MAX_POSITIONS) ||
      !check_range (message, "the number of token types", network->n_types, 1, MAX_TYPES) ||
      !check_range (message, "the hidden width", network->hidden, 1, MAX_CHANNELS) ||
      !check_range (message, "the number of heads", network->n_heads, 1, network->hidden) ||
      !check_range (message, "the intermediate width", network->intermediate, 1, MAX_CHANNELS) ||
      !check_range (message, "the number of text layers", network->text_layers, reads ? 1 : 0,
                    reads ? MAX_LAYERS : 0))
    return false;
  if (network->hidden % network->n_heads != 0)
    return refuse (message, "%d heads do not divide the hidden width %d", network->n_heads,
                   network->hidden);
  if (!(network->layer_norm_eps > 0 && network->layer_norm_eps < 1))
    return refuse (message, "the LayerNorm eps must lie between 0 and 1");
  return true;
}

bool
sag_network_validate (const SagNetwork *network, char message[200])
{
  int32_t dims[3];
  int64_t tokens;

  message[0] = '\0';
  if (!validate_vision (network, message) || !validate_text (network, message))
    return false;
  for (int a = 0; a < 3; a++)
    if (!check_range (message, "the cells of a token along an axis", network->cells[a], 1,
                      MAX_CELLS_PER_AXIS))
      return false;
  sag_network_feature_dims (network, network->input, dims);
  tokens = (int64_t) dims[0] * dims[1] * dims[2];
  if (tokens < 1 || tokens > MAX_TOKENS)
    return refuse (message, "the input makes %lld vision tokens, but 1 to %d are possible",
                   (long long) tokens, MAX_TOKENS);
  if (sag_network_max_text (network) < 2)
    return refuse (message, "%d positions leave no room for a text beside %lld vision tokens",
                   network->n_positions, (long long) tokens);
  return true;
}

void
sag_network_set_multi_label (SagNetwork *network, int32_t n_words, int32_t hidden)
{
  network->text_kind = SAG_TEXT_MULTI_LABEL;
  network->n_words = n_words;
  network->n_positions = MAX_POSITIONS; /* there are none, so they never run out */
  network->n_types = 1;
  network->hidden = hidden;
  network->n_heads = 1;
  network->intermediate = 1;
  network->text_layers = 0;
  network->layer_norm_eps = 1e-12f;
}

bool
sag_network_has_map (const SagNetwork *network)
{
  return network->text_kind != SAG_TEXT_MULTI_LABEL;
}

void
sag_network_init_paper (SagNetwork *network)
{
  SagStage stages[SAG_MAX_STAGES];
  int      n_stages = sag_network_b0_stages (stages);

  *network = (SagNetwork){
    .input = { 256, 160, 128 },
    .stem_channels = 32,
    .head_channels = 1280,
    .batch_norm_eps = 1e-3f,
    .text_kind = SAG_TEXT_BERT,
    .n_words = 30522,
    .n_positions = 512,
    .n_types = 2,
    .hidden = 768,
    .n_heads = 12,
    .intermediate = 3072,
    .text_layers = 4,
    .layer_norm_eps = 1e-12f,
    .cells = { 4, 4, 4 },
  };
  sag_network_set_stages (network, stages, n_stages);
}

/* The whole "SAME" padding of one axis: enough for ceil (n / stride) windows.
 * `n` may be any int32_t, as files have it: no sum here leaves that range. */
static int32_t
same_padding (int32_t n, int32_t kernel, int32_t stride)
{
  int32_t last = n > 0 ? (n - 1) / stride * stride : 0; /* Where the last window begins. */
  int32_t total = last - n + kernel;

  return n > 0 && total > 0 ? total : 0;
}

SagConvShape
sag_network_conv_shape (const int32_t in[3], int32_t kernel, int32_t stride)
{
  SagConvShape shape;

  for (int a = 0; a < 3; a++)
    {
      /* Upstream computes the amounts for axes 0, 1, 2 and hands them to axes 1, 2, 0. */
      int32_t total = stride == 1 ? kernel / 2 * 2 : same_padding (in[(a + 2) % 3], kernel, stride);
      int32_t reach = in[a] + (total - kernel);

      shape.before[a] = total / 2;
      shape.out[a] = in[a] > 0 && reach >= 0 ? reach / stride + 1 : 0;
    }
  return shape;
}

void
sag_network_feature_dims (const SagNetwork *network, const int32_t input[3], int32_t dims[3])
{
  SagConvShape shape = sag_network_conv_shape (input, 3, 2);

  for (int b = 0; b < network->n_blocks; b++)
    shape =
      sag_network_conv_shape (shape.out, network->blocks[b].kernel, network->blocks[b].stride);
  memcpy (dims, shape.out, sizeof shape.out);
}

int32_t
sag_network_n_tokens (const SagNetwork *network)
{
  int32_t dims[3];

  sag_network_feature_dims (network, network->input, dims);
  return dims[0] * dims[1] * dims[2];
}

int32_t
sag_network_cells_per_token (const SagNetwork *network)
{
  return network->cells[0] * network->cells[1] * network->cells[2];
}

int32_t
sag_network_max_text (const SagNetwork *network)
{
  return network->n_positions - sag_network_n_tokens (network) - 2;
}
