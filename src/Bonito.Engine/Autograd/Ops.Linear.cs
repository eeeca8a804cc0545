using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Autograd;

// Linear layers: packed for inference, with weights that are trained, or frozen in any format with or without low-rank matrices beside them.
public sealed unsafe partial class Ops
{
    // Floats of a frozen weight that are decoded at once: 16 MiB, more rows for narrow matrices.
    const long StripeFloats = 4 << 20;

    /// <summary>x · W^T + b: [M, inputs] to [M, outputs].</summary>
    public Tensor Linear(Tensor x, Linear layer)
    {
        Tensor y = default;
        Linears(x, [layer], new Span<Tensor>(ref y));
        return y;
    }

    /// <summary>Two layers of the same input, in inference as one piece of work; the bits are those of each alone.</summary>
    public (Tensor First, Tensor Second) Linear(Tensor x, Linear first, Linear second)
    {
        Span<Tensor> y = stackalloc Tensor[2];
        Linears(x, [first, second], y);
        return (y[0], y[1]);
    }

    /// <summary>As the other, three layers.</summary>
    public (Tensor First, Tensor Second, Tensor Third) Linear(Tensor x, Linear first, Linear second, Linear third)
    {
        Span<Tensor> y = stackalloc Tensor[3];
        Linears(x, [first, second, third], y);
        return (y[0], y[1], y[2]);
    }

    void Linears(Tensor x, ReadOnlySpan<Linear> layers, Span<Tensor> y)
    {
        for (int i = 0; i < layers.Length; i++) y[i] = Output(x.Rows, layers[i].Outputs, x.HasGradient || IsTrained(layers[i]));
        Products(x, layers, y);
        for (int i = 0; i < layers.Length; i++)
        {
            Tensor low = layers[i].Lora is { } lora ? AddLora(x, lora, y[i]) : default;
            if (y[i].HasGradient) RecordLinear(x, layers[i], low, y[i]);
            if (layers[i].Bias is { } bias) AddBias(y[i], bias.Tensor);
        }
    }

    static bool IsTrained(Linear layer) => layer.Lora != null || layer.Weight.Tensor.HasGradient || layer.Bias?.Tensor.HasGradient == true;

    void Product(Tensor x, Linear layer, float* y) => Products(x, [layer], [new Tensor(y, null, x.Rows, layer.Outputs)]);

    void Products(Tensor x, ReadOnlySpan<Linear> layers, ReadOnlySpan<Tensor> y)
    {
        PackedTargets quantized = default, floats = default;
        for (int i = 0; i < layers.Length; i++)
        {
            PackedMatrix? packed = Tape == null ? layers[i].Packed(Gemm) : null;
            if (packed == null) Product(x, layers[i].Weight.Stored, y[i].Data);
            else if (packed.Type.IsQuantized()) quantized.Add(packed, y[i].Data);
            else floats.Add(packed, y[i].Data);
        }
        if (quantized.Count > 0) quantizedGemm.Multiply(x.Data, x.Rows, quantized);
        if (floats.Count > 0) Gemm.MultiplyPacked(new Operand(x.Data, x.Columns), x.Rows, floats);
    }

    /// <summary>y = x · W^T: the bits of the product with W in float32, which exists for a stripe of rows at a time only.</summary>
    void Product(Tensor x, StoredMatrix w, float* y)
    {
        (int, long) start = Arena.Position;
        for (int first = 0, count; first < w.Rows; first += count)
        {
            float* rows = Stripe(w, first, out count);
            Gemm.Multiply(new Operand(x.Data, x.Columns), new Operand(rows, w.Columns), x.Rows, count, w.Columns, y + first, w.Rows);
            Arena.Rewind(start);
        }
    }

    /// <summary>dx += dy · W: the bits of the product with W in float32, whose depth is cut where stripes end.</summary>
    void ProductBackward(float* dy, StoredMatrix w, Tensor x)
    {
        (int, long) start = Arena.Position;
        for (int first = 0, count; first < w.Rows; first += count)
        {
            float* rows = Stripe(w, first, out count);
            Gemm.Multiply(new Operand(dy + first, w.Rows), new Operand(rows, w.Columns, true), x.Rows, w.Columns, count, x.Gradient, w.Columns, accumulate: true);
            Arena.Rewind(start);
        }
    }

    /// <summary>Rows of a weight in float32: all of them where they lie if that is their format, or else as many as are decoded at once.</summary>
    float* Stripe(StoredMatrix w, int first, out int count)
    {
        count = w.Rows - first;
        if (w.Type == DType.F32) return (float*)w.Row(first);
        long blocks = Math.Max(1, StripeFloats / w.Columns / Gemm.DepthBlock);
        count = (int)Math.Min(count, blocks * Gemm.DepthBlock);
        float* rows = Arena.Floats((long)count * w.Columns);
        RowDecoding.Run(Pool, w, first, count, rows);
        return rows;
    }

    /// <summary>Adds the gradients of x and W that are kept, for the gradient of x · W^T.</summary>
    void LinearBackward(Tensor x, Parameter weight, float* dy)
    {
        if (x.HasGradient) ProductBackward(dy, weight.Stored, x);
        Tensor w = weight.Tensor;
        if (w.HasGradient) Gemm.Multiply(new Operand(dy, w.Rows, true), new Operand(x.Data, x.Columns, true), w.Rows, w.Columns, x.Rows, w.Gradient, w.Columns, accumulate: true);
    }

    /// <summary>y += scale * dropout(x) · A^T · B^T.</summary>
    /// <returns>scale * dropout(x) · A^T, [M, R], for the backward pass; given back where there is none.</returns>
    Tensor AddLora(Tensor x, Lora lora, Tensor y)
    {
        (int, long) start = Arena.Position;
        Tensor low = Arena.Tensor(x.Rows, lora.Rank);
        (int, long) kept = Arena.Position;
        float* input = Tape == null ? x.Data : Dropped(x, lora, DropoutKey);
        Gemm.Multiply(new Operand(input, x.Columns), new Operand(lora.A.Tensor.Data, x.Columns), x.Rows, low.Columns, x.Columns, low.Data, low.Columns);
        VectorMath.Scale(low.Data, checked((int)low.Count), lora.Scale);
        Gemm.Multiply(new Operand(low.Data, low.Columns), new Operand(lora.B.Tensor.Data, low.Columns), x.Rows, y.Columns, low.Columns, y.Data, y.Columns, accumulate: true);
        Arena.Rewind(Tape == null ? start : kept);
        return low;
    }

    /// <summary>As <see cref="AddLora"/>: dB += dy^T · low; dA += d^T · dropout(x) and dx += dropout(d · A) with d = scale * dy · B.</summary>
    void LoraBackward(Tensor x, Lora lora, Tensor low, ulong dropoutKey, float* dy)
    {
        (int, long) start = Arena.Position;
        Tensor a = lora.A.Tensor, b = lora.B.Tensor;
        int rows = x.Rows, inputs = a.Columns, outputs = b.Rows, rank = b.Columns;
        Gemm.Multiply(new Operand(dy, outputs, true), new Operand(low.Data, rank, true), outputs, rank, rows, b.Gradient, rank, accumulate: true);
        Tensor d = Arena.Tensor(rows, rank);
        Gemm.Multiply(new Operand(dy, outputs), new Operand(b.Data, rank, true), rows, rank, outputs, d.Data, rank);
        VectorMath.Scale(d.Data, checked((int)d.Count), lora.Scale);
        float* input = Dropped(x, lora, dropoutKey);
        Gemm.Multiply(new Operand(d.Data, rank, true), new Operand(input, inputs, true), rank, inputs, rows, a.Gradient, inputs, accumulate: true);
        if (x.HasGradient)
        {
            // The dropped input is not needed any more; its place takes the gradient.
            float* dx = lora.Dropout > 0 ? input : x.Gradient;
            Gemm.Multiply(new Operand(d.Data, rank), new Operand(a.Data, inputs, true), rows, inputs, rank, dx, inputs, accumulate: lora.Dropout == 0);
            if (lora.Dropout > 0) Dropout.Backward(Pool, dx, rows, inputs, Dropout.Key(dropoutKey, lora.Place), lora.Dropout, x.Gradient);
        }
        Arena.Rewind(start);
    }

    /// <summary>The input of A: x itself, or a copy from which values are dropped.</summary>
    float* Dropped(Tensor x, Lora lora, ulong dropoutKey)
    {
        if (lora.Dropout == 0) return x.Data;
        float* copy = Arena.Floats(x.Count);
        Dropout.Forward(Pool, x.Data, x.Rows, x.Columns, Dropout.Key(dropoutKey, lora.Place), lora.Dropout, copy);
        return copy;
    }

    void AddBias(Tensor y, Tensor bias)
    {
        RowBias.Forward(Pool, bias.Data, y.Rows, y.Columns, y.Data);
        if (Tape != null && bias.HasGradient) RecordBias(y, bias);
    }

    void RecordLinear(Tensor x, Linear layer, Tensor low, Tensor y)
    {
        ulong key = DropoutKey;
        Tape!.Record(() =>
        {
            LinearBackward(x, layer.Weight, y.Gradient);
            if (layer.Lora is { } lora) LoraBackward(x, lora, low, key, y.Gradient);
        });
    }

    void RecordBias(Tensor y, Tensor bias) => Tape!.Record(() =>
        RowBias.Backward(Pool, y.Gradient, y.Rows, y.Columns, bias.Gradient));
}
